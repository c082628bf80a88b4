// Errors are shown brighter where they are larger, and beside what they are of.
#include "quality/error_map.h"

#include <gtest/gtest.h>

#include "quality/flip.h"
#include "tests/support/metric_patterns.h"

namespace splat::quality {
namespace {

TEST(ErrorMapTest, BrightensWithTheError) {
  ImageF map(101, 1, 1);
  for (int x = 0; x < map.width; ++x) *map.At(x, 0) = float(x) / 100;
  const Image8 colors = ErrorColors(map);
  int before = -1;
  for (int x = 0; x < colors.width; ++x) {
    const uint8_t* rgb = colors.At(x, 0);
    const int luminance = 2126 * rgb[0] + 7152 * rgb[1] + 722 * rgb[2];
    EXPECT_GT(luminance, before) << x;
    before = luminance;
  }
  EXPECT_EQ(colors.At(0, 0)[0] + colors.At(0, 0)[1] + colors.At(0, 0)[2], 0);
}

TEST(ErrorMapTest, ShowsPhotoRenderAndErrorFromLeftToRight) {
  const testing::ImagePair pair = testing::PatternPair(30, 20);
  Image8 weights(30, 20, 1);
  std::fill(weights.pixels.begin(), weights.pixels.end(), uint8_t(255));
  *weights.At(3, 4) = 0;
  const Image8 image = ComparisonImage(pair.photo, pair.render, weights);
  ASSERT_EQ(image.width, 98);
  ASSERT_EQ(image.height, 20);
  const Image8 error = ErrorColors(FlipMap(pair.photo, pair.render));
  for (int channel = 0; channel < 3; ++channel) {
    EXPECT_EQ(image.At(29, 19)[channel], pair.photo.At(29, 19)[channel]);
    EXPECT_EQ(image.At(30, 5)[channel], 255);
    EXPECT_EQ(image.At(34, 7)[channel], pair.render.At(0, 7)[channel]);
    EXPECT_EQ(image.At(97, 19)[channel], error.At(29, 19)[channel]);
    EXPECT_EQ(image.At(71, 4)[channel], 0) << "a pixel that does not count has no error";
  }
}

}  // namespace
}  // namespace splat::quality
