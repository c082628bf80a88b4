// Corrections take away what they model, and nothing else.
#include "quality/color_correction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/check.h"
#include "quality/metrics.h"
#include "tests/support/metric_patterns.h"

namespace splat::quality {
namespace {

constexpr double kRounded = 45;  // dB that rounding to 8 bits leaves after a gain

// Values well inside of the range, so that nothing is clipped.
Image8 Photo() {
  Image8 photo = testing::PatternPair(60, 50).photo;
  for (uint8_t& value : photo.pixels) value = uint8_t(60 + value / 2);
  return photo;
}

template <typename Change>
Image8 Changed(const Image8& image, const Change& change) {
  Image8 changed = image;
  for (size_t i = 0; i < image.pixels.size(); i += 3) {
    const double rgb[3] = {image.pixels[i] / 255.0, image.pixels[i + 1] / 255.0, image.pixels[i + 2] / 255.0};
    for (size_t channel = 0; channel < 3; ++channel) {
      changed.pixels[i + channel] = uint8_t(std::lround(255 * change(rgb, channel)));
    }
  }
  return changed;
}

Image8 WithGains(const Image8& photo) {
  return Changed(photo, [](const double* rgb, size_t channel) {
    return rgb[channel] * (0.8 + 0.1 * double(channel)) + 0.03 * double(channel);
  });
}

Image8 WithMixedColors(const Image8& photo) {
  return Changed(photo, [](const double* rgb, size_t channel) {
    return 0.75 * rgb[channel] + 0.2 * rgb[(channel + 1) % 3] * rgb[channel] + 0.05;
  });
}

TEST(ColorCorrectionTest, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Correction& correction : Corrections()) EXPECT_TRUE(names.insert(correction.name).second);
  EXPECT_TRUE(names.count("affine") && names.count("quadratic"));
}

TEST(ColorCorrectionTest, LeavesAnImageThatIsRight) {
  const Image8 photo = Photo();
  for (const Correction& correction : Corrections()) {
    EXPECT_EQ(correction.correct(photo, photo, {}).pixels, photo.pixels) << correction.name;
  }
}

TEST(ColorCorrectionTest, BothTakeAwayGainAndOffsetOfEachChannel) {
  const Image8 photo = Photo(), render = WithGains(photo);
  EXPECT_LT(Psnr(photo, render), 25);
  EXPECT_GT(Psnr(photo, AffineCorrected(photo, render, {})), kRounded);
  EXPECT_GT(Psnr(photo, QuadraticCorrected(photo, render, {})), kRounded);
}

TEST(ColorCorrectionTest, OnlyTheQuadraticOneTakesAwayMixedChannels) {
  const Image8 photo = Photo(), render = WithMixedColors(photo);
  const double affine = Psnr(photo, AffineCorrected(photo, render, {}));
  EXPECT_LT(affine, kRounded);
  EXPECT_GT(Psnr(photo, QuadraticCorrected(photo, render, {})), affine + 5);
}

// What is fitted is the render by the photo, which is then inverted: a blurred or noisy render keeps its contrast.
TEST(ColorCorrectionTest, AffineIsTheInverseOfTheFitToTheRender) {
  const testing::ImagePair pair = testing::PatternPair(60, 50);
  const Image8 corrected = AffineCorrected(pair.photo, pair.render, {});
  double mean_photo = 0, mean_corrected = 0, spread = 0, covariance = 0;
  const size_t count = pair.photo.pixels.size() / 3;
  // Green is hardly clipped at either end.
  for (size_t i = 1; i < pair.photo.pixels.size(); i += 3) {
    mean_photo += double(pair.photo.pixels[i]) / double(count);
    mean_corrected += double(corrected.pixels[i]) / double(count);
  }
  for (size_t i = 1; i < pair.photo.pixels.size(); i += 3) {
    const double p = pair.photo.pixels[i] - mean_photo;
    spread += p * p;
    covariance += p * (corrected.pixels[i] - mean_corrected);
  }
  EXPECT_NEAR(mean_corrected, mean_photo, 5);
  EXPECT_NEAR(covariance / spread, 1, 0.15) << "the slope of the corrected render against the photo";
}

TEST(ColorCorrectionTest, FitsOnlyWhatCounts) {
  const Image8 photo = Photo();
  Image8 render = WithGains(photo), weights(photo.width, photo.height, 1);
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      const bool counts = x < 40;
      *weights.At(x, y) = counts ? 255 : 0;
      if (!counts) std::fill_n(render.At(x, y), 3, uint8_t(255 - photo.At(x, y)[0]));
    }
  }
  for (const Correction& correction : Corrections()) {
    EXPECT_LT(Psnr(photo, correction.correct(photo, render, {}), weights), kRounded - 5) << correction.name;
    EXPECT_GT(Psnr(photo, correction.correct(photo, render, weights), weights), kRounded) << correction.name;
  }
}

TEST(ColorCorrectionTest, HasAnAnswerForImagesOfOneColor) {
  Image8 photo = Photo(), flat = photo;
  std::fill(flat.pixels.begin(), flat.pixels.end(), uint8_t(90));
  EXPECT_EQ(AffineCorrected(photo, flat, {}).pixels, flat.pixels) << "there is no gain to divide by";
  EXPECT_GE(Psnr(photo, QuadraticCorrected(photo, flat, {})), Psnr(photo, flat));
  std::fill(photo.pixels.begin(), photo.pixels.end(), uint8_t(0));
  EXPECT_EQ(QuadraticCorrected(photo, flat, {}).pixels, flat.pixels) << "no pixel is inside of the range";
}

TEST(ColorCorrectionTest, RefusesOtherShapes) {
  for (const Correction& correction : Corrections()) {
    EXPECT_THROW(correction.correct(Image8(5, 5, 1), Image8(5, 5, 1), {}), Error);
    EXPECT_THROW(correction.correct(Image8(5, 5, 3), Image8(5, 6, 3), {}), Error);
  }
}

}  // namespace
}  // namespace splat::quality
