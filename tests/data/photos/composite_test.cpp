#include "data/photos/composite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splat::data {
namespace {

using ::testing::ElementsAre;

TEST(CompositeTest, BlendsWithTheBackgroundByAlpha) {
  Image8 image(3, 1, 4);
  image.pixels = {10, 20, 30, 255, 10, 20, 30, 0, 100, 100, 100, 51};
  const float background[3] = {1.0f, 0.0f, 0.5f};
  EXPECT_THAT(CompositeOnBackground(image, background).pixels,
              ElementsAre(10, 20, 30, 255, 0, 128, 224, 20, 122));  // 0.2 * 100 + 0.8 * (255, 0, 127.5)
  Image8 opaque(2, 1, 3);
  opaque.pixels = {1, 2, 3, 250, 251, 252};
  EXPECT_EQ(CompositeOnBackground(opaque, background).pixels, opaque.pixels);
}

}  // namespace
}  // namespace splat::data
