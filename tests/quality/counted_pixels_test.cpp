// What does not count is left out.
#include "quality/counted_pixels.h"

#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/metric_patterns.h"

namespace splat::quality {
namespace {

using testing::ImagePair;
using testing::PatternPair;

TEST(CountedPixelsTest, AllCountWithoutWeights) {
  const ImagePair pair = PatternPair(7, 5);
  EXPECT_EQ(CountedPixels(pair.photo, {}), 35);
  const ComparedImages images = OnlyWhatCounts(pair.photo, pair.render, {});
  EXPECT_EQ(images.photo.pixels, pair.photo.pixels);
  EXPECT_EQ(images.render.pixels, pair.render.pixels);
}

TEST(CountedPixelsTest, CropsToTheBoxAndEqualsTheHoles) {
  const ImagePair pair = PatternPair(7, 5);
  Image8 weights(7, 5, 1);
  *weights.At(2, 1) = 255;
  *weights.At(4, 3) = 51;
  EXPECT_DOUBLE_EQ(CountedPixels(pair.photo, weights), 1.2);
  const ComparedImages images = OnlyWhatCounts(pair.photo, pair.render, weights);
  ASSERT_EQ(images.photo.width, 3);
  ASSERT_EQ(images.photo.height, 3);
  EXPECT_EQ(*images.weights.At(2, 2), 51);
  for (int channel = 0; channel < 3; ++channel) {
    EXPECT_EQ(images.render.At(0, 0)[channel], pair.render.At(2, 1)[channel]);
    EXPECT_EQ(images.photo.At(1, 1)[channel], pair.photo.At(3, 2)[channel]);
    EXPECT_EQ(images.render.At(1, 1)[channel], pair.photo.At(3, 2)[channel]) << "a hole says nothing";
  }
}

TEST(CountedPixelsTest, AMeanIsByTheWeights) {
  ImageF map(2, 1, 1);
  map.pixels = {1, 5};
  Image8 weights(2, 1, 1);
  weights.pixels = {255, 85};
  EXPECT_DOUBLE_EQ(CountedMean(map, {}), 3);
  EXPECT_DOUBLE_EQ(CountedMean(map, weights), 2);
}

TEST(CountedPixelsTest, RefusesWhatCannotBeCompared) {
  const Image8 image(4, 4, 3);
  EXPECT_THROW(CheckComparable(image, Image8(4, 5, 3), {}), Error);
  EXPECT_THROW(CheckComparable(image, image, Image8(4, 5, 1)), Error);
  EXPECT_THROW(CheckComparable(image, image, Image8(4, 4, 1)), Error) << "nothing counts";
  EXPECT_THROW(CheckComparable(Image8(), Image8(), {}), Error);
}

}  // namespace
}  // namespace splat::quality
