// Which number stands for full light.
#include "core/color_range.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace splat {
namespace {

ColorRange RangeOf(const std::vector<double>& values, int copies = 1) {
  ColorRange range;
  for (int i = 0; i < copies; ++i) {
    for (const double value : values) range.Add(value);
  }
  return range;
}

TEST(ColorRange, OfFractionsIsOneUnlessMoreThanAFewExceedIt) {
  EXPECT_EQ(RangeOf({0, 0.2, 1}).FullLight(true), 1);
  ColorRange light = RangeOf({0.3, 0.9}, 50);
  light.Add(1.01);
  light.Add(3.9);
  light.Add(20);
  EXPECT_EQ(light.FullLight(true), 1) << "somewhat beyond full light";
  EXPECT_EQ(RangeOf({0, 0.5, 17.25, 254.5}).FullLight(true), 255);
  EXPECT_EQ(RangeOf({300, 20000.5, 65535}).FullLight(true), 65535);
  ColorRange bytes = RangeOf({10.5, 200}, 50);
  bytes.Add(257);
  EXPECT_EQ(bytes.FullLight(true), 255);
}

TEST(ColorRange, OfWholeNumbersIsAByteUnlessOneExceedsIt) {
  EXPECT_EQ(RangeOf({0, 1, 1}).FullLight(false), 255);
  EXPECT_EQ(RangeOf({0, 255}, 100).FullLight(false), 255);
  EXPECT_EQ(RangeOf({0, 10, 256}).FullLight(false), 65535);
}

TEST(ColorRange, BlackAndBrokenNumbersTellNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  ColorRange range = RangeOf({0, -1, nan, infinity}, 100);
  EXPECT_EQ(range.FullLight(true), 1);
  range.Add(163);
  EXPECT_EQ(range.FullLight(true), 255) << "a few colours in the dark";
}

}  // namespace
}  // namespace splat
