// Errors are shown brighter where they are larger, and beside what they are of.
#include "quality/error_map.h"

#include <gtest/gtest.h>

#include <algorithm>

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

// What is masked is bright in the photo and dark in the render.
TEST(ErrorMapTest, WhatIsMaskedMakesNoErrorAroundIt) {
  testing::ImagePair pair = testing::PatternPair(40, 30);
  pair.render = pair.photo;
  Image8 weights(40, 30, 1);
  for (int y = 3; y < 30; ++y) {
    for (int x = 2; x < 40; ++x) *weights.At(x, y) = x < 20 ? 255 : 0;
  }
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) {
      if (*weights.At(x, y) > 0) continue;
      std::fill_n(pair.photo.At(x, y), 3, uint8_t(255));
      std::fill_n(pair.render.At(x, y), 3, uint8_t(0));
    }
  }
  EXPECT_EQ(Flip(pair.photo, pair.render, weights), 0);
  const Image8 image = ComparisonImage(pair.photo, pair.render, weights);
  const Image8 none = ErrorColors(ImageF(1, 1, 1));
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) {
      for (int c = 0; c < 3; ++c) ASSERT_EQ(image.At(88 + x, y)[c], none.pixels[size_t(c)]) << x << ", " << y;
    }
  }
}

// At its place, where the pixels that count are a part of the image.
TEST(ErrorMapTest, ShowsTheMapThatFlipTakesTheMeanOf) {
  const testing::ImagePair pair = testing::PatternPair(40, 30);
  Image8 weights(40, 30, 1);
  for (int y = 5; y < 25; ++y) std::fill_n(weights.At(7, y), 20, uint8_t(255));
  const Image8 image = ComparisonImage(pair.photo, pair.render, weights);
  const auto cropped = [&](const Image8& whole) {
    Image8 part(20, 20, 3);
    for (int y = 0; y < 20; ++y) std::copy_n(whole.At(7, 5 + y), 3 * 20, part.At(0, y));
    return part;
  };
  const Image8 expected = ErrorColors(FlipMap(cropped(pair.photo), cropped(pair.render)));
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 20; ++x) {
      for (int c = 0; c < 3; ++c) ASSERT_EQ(image.At(88 + 7 + x, 5 + y)[c], expected.At(x, y)[c]) << x << ", " << y;
    }
  }
}

}  // namespace
}  // namespace splat::quality
