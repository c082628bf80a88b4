// FLIP has the values of NVIDIA's evaluator, and those that follow from its definition.
#include "quality/flip.h"

#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/metric_patterns.h"

namespace splat::quality {
namespace {

using testing::ImagePair;
using testing::PatternPair;

constexpr double kAgreement = 1e-4;  // both compute in float
constexpr double kRounding = 1e-6;

Image8 Filled(uint8_t red, uint8_t green, uint8_t blue) {
  Image8 image(24, 20, 3);
  for (size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i] = red;
    image.pixels[i + 1] = green;
    image.pixels[i + 2] = blue;
  }
  return image;
}

// Made with flip-evaluator 1.7 by tests/quality/reference_metrics.py.
TEST(FlipTest, HasTheValuesOfNvidiasEvaluator) {
  const ImagePair large = PatternPair(200, 170), small = PatternPair(61, 40);
  EXPECT_NEAR(Flip(large.photo, large.render), 0.497894, kAgreement);
  EXPECT_NEAR(Flip(small.photo, small.render), 0.515043, kAgreement);
  const ImageF map = FlipMap(large.photo, large.render), other = FlipMap(small.photo, small.render);
  EXPECT_NEAR(*map.At(0, 0), 0.107801, kAgreement) << "at a corner the edges go on";
  EXPECT_NEAR(*map.At(10, 20), 0.396350, kAgreement);
  EXPECT_NEAR(*map.At(199, 169), 0.660401, kAgreement);
  EXPECT_NEAR(*other.At(0, 0), 0.140183, kAgreement);
  EXPECT_NEAR(*other.At(60, 39), 0.250374, kAgreement);
}

TEST(FlipTest, EqualImagesHaveNoError) {
  const ImagePair pair = PatternPair(50, 30);
  EXPECT_EQ(Flip(pair.photo, pair.photo), 0);
}

// Green and blue are the pair of colours by which distances are scaled.
TEST(FlipTest, FlatGreenAgainstFlatBlueIsOne) {
  EXPECT_NEAR(Flip(Filled(0, 255, 0), Filled(0, 0, 255)), 1, kRounding);
}

TEST(FlipTest, IsSymmetric) {
  const ImagePair pair = PatternPair(50, 30);
  EXPECT_NEAR(Flip(pair.photo, pair.render), Flip(pair.render, pair.photo), kRounding);
}

// From farther away, the eye averages more.
TEST(FlipTest, FallsWithTheDistanceForNoise) {
  const ImagePair pair = PatternPair(80, 60);
  const auto sum = [&](double pixels_per_degree) {
    double total = 0;
    for (const float error : FlipMap(pair.photo, pair.render, pixels_per_degree).pixels) total += error;
    return total;
  };
  EXPECT_LT(sum(2 * kFlipPixelsPerDegree), sum(kFlipPixelsPerDegree));
}

TEST(FlipTest, RefusesOtherShapes) {
  EXPECT_THROW(Flip(Filled(1, 2, 3), Image8(24, 21, 3)), Error);
  EXPECT_THROW(FlipMap(Image8(5, 5, 1), Image8(5, 5, 1)), Error);
}

}  // namespace
}  // namespace splat::quality
