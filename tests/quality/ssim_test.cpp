// SSIM inside the image has scikit-image's values, and MS-SSIM those of its formula in double.
#include "quality/ssim.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "quality/metrics.h"
#include "tests/support/metric_patterns.h"

namespace splat::quality {
namespace {

using testing::ImagePair;
using testing::PatternPair;

constexpr double kAgreement = 1e-4;
constexpr double kFloatSsim = 1e-5;  // SSIM is filtered in float

// Made with scikit-image 0.26.0 by tests/quality/reference_metrics.py.
TEST(SsimInsideTest, HasTheValuesOfScikitImage) {
  const ImagePair large = PatternPair(200, 170), small = PatternPair(61, 40);
  EXPECT_NEAR(SsimInside(large.photo, large.render), 0.476064, kAgreement);
  EXPECT_NEAR(SsimInside(small.photo, small.render), 0.478329, kAgreement);
  EXPECT_NEAR(Psnr(large.photo, large.render), 12.445501, kAgreement);
  EXPECT_NEAR(Psnr(small.photo, small.render), 12.616395, kAgreement);
}

// Made by tests/quality/reference_metrics.py, which computes it in double and in another way.
TEST(MsSsimTest, HasTheValueOfItsFormula) {
  const ImagePair pair = PatternPair(200, 170);
  EXPECT_NEAR(MsSsim(pair.photo, pair.render), 0.865010, kAgreement);
}

TEST(MsSsimTest, EqualImagesGiveOne) {
  const ImagePair pair = PatternPair(200, 170);
  EXPECT_EQ(SsimInside(pair.photo, pair.photo), 1);
  EXPECT_EQ(MsSsim(pair.photo, pair.photo), 1);
}

// A difference that is finer than the coarse scales counts less than in SSIM.
TEST(MsSsimTest, ForgivesFineNoise) {
  const ImagePair pair = PatternPair(200, 170);
  EXPECT_GT(MsSsim(pair.photo, pair.render), SsimInside(pair.photo, pair.render));
}

TEST(MsSsimTest, IsNotDefinedForImagesThatAreTooSmall) {
  const int least = kLeastMsSsimSide_px;
  EXPECT_TRUE(std::isnan(MsSsim(Image8(least - 1, 200, 3), Image8(least - 1, 200, 3))));
  EXPECT_FALSE(std::isnan(MsSsim(Image8(least, least, 3), Image8(least, least, 3))));
  EXPECT_TRUE(std::isnan(SsimInside(Image8(10, 30, 3), Image8(10, 30, 3))));
  EXPECT_EQ(SsimInside(Image8(11, 11, 3), Image8(11, 11, 3)), 1);
}

TEST(MsSsimTest, InvertedImagesGetZeroAndNotANumberThatIsNone) {
  ImagePair pair = PatternPair(200, 170);
  for (size_t i = 0; i < pair.photo.pixels.size(); ++i) pair.render.pixels[i] = uint8_t(255 - pair.photo.pixels[i]);
  EXPECT_LT(SsimInside(pair.photo, pair.render), 0);
  EXPECT_EQ(MsSsim(pair.photo, pair.render), 0);
}

// The windows of the training's SSIM that reach over the edge see zeros in both images; far from it both are the same.
TEST(SsimInsideTest, DiffersFromTheTrainingsAtTheEdgesOnly) {
  ImagePair pair = PatternPair(200, 170);
  EXPECT_NEAR(SsimInside(pair.photo, pair.render), Ssim(pair.photo, pair.render), 0.02);
  for (int y = 0; y < 170; ++y) {
    for (int x = 0; x < 200; ++x) {
      const bool at_edge = x < 16 || y < 16 || x >= 184 || y >= 154;
      if (at_edge) std::copy_n(pair.photo.At(x, y), 3, pair.render.At(x, y));
    }
  }
  const double inside = 1 - SsimInside(pair.photo, pair.render), all = 1 - Ssim(pair.photo, pair.render);
  EXPECT_NEAR(inside * 190 * 160, all * 200 * 170, 200 * 170 * kFloatSsim);
}

TEST(MsSsimTest, RefusesOtherShapes) {
  EXPECT_THROW(MsSsim(Image8(200, 200, 3), Image8(200, 201, 3)), Error);
  EXPECT_THROW(SsimInside(Image8(), Image8()), Error);
}

}  // namespace
}  // namespace splat::quality
