#include "data/photos/image_resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/gradient_image.h"

namespace splat::data {
namespace {

using testing::Gradient;

TEST(ResizeTest, SmallerIsTheMeanOfTheArea) {
  Image8 checks(40, 30, 3);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) std::fill_n(checks.At(x, y), 3, uint8_t((x + y) % 2 ? 255 : 0));
  }
  const Image8 small = ResizeImage(checks, 20, 15);
  for (uint8_t value : small.pixels) ASSERT_NEAR(value, 127.5, 0.6);
  const Image8 same = ResizeImage(checks, 40, 30);
  EXPECT_EQ(same.pixels, checks.pixels);
}

TEST(ResizeTest, KeepsTheImageInPlace) {
  const Image8 large = ResizeImage(Gradient(40, 30, 3), 80, 60);
  const Image8 back = ResizeImage(large, 40, 30);
  const Image8 original = Gradient(40, 30, 3);
  double worst = 0;
  for (size_t i = 0; i < back.pixels.size(); ++i) {
    worst = std::max(worst, std::abs(double(back.pixels[i]) - original.pixels[i]));
  }
  EXPECT_LE(worst, 2.0);  // a shift by half a pixel would be 3.2 in red
}

}  // namespace
}  // namespace splat::data
