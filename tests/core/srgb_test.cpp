#include "core/srgb.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(Srgb, HasTheStandardsValues) {
  EXPECT_EQ(SrgbToLinear(0), 0);
  EXPECT_NEAR(SrgbToLinear(1), 1, 1e-15);
  EXPECT_NEAR(SrgbToLinear(0.5), 0.214041140482, 1e-12);
  EXPECT_NEAR(SrgbToLinear(0.04), 0.04 / 12.92, 1e-15);
}

TEST(Srgb, TheTwoDirectionsAreInverse) {
  for (int i = 0; i <= 255; ++i) EXPECT_NEAR(LinearToSrgb(SrgbToLinear(i / 255.0)), i / 255.0, 1e-6) << i;
}

}  // namespace
}  // namespace splat
