// What the compensation of antialiased scenes does to an image, on every backend.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/constants.h"
#include "rasterizer/math/thresholds.h"
#include "tests/support/backends.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::GradArrays;
using testing::PixelArrays;
using testing::RenderInput;
using testing::TestCamera;

constexpr int kWidth = 41, kHeight = 31;

class AntialiasedTest : public testing::BackendTest {
 protected:
  // Rounding of alpha, which goes through a logit, a sigmoid, a root and an exponential.
  double Tolerance() const { return 100 * backend().Epsilon(); }
};
SPLAT_INSTANTIATE_ON_BACKENDS(AntialiasedTest);

// One round splat in the middle of the image, so that its 2D covariance is sigma_px^2 but for the second order of an
// angle of at most a pixel.
RenderInput OneSplat(double sigma_px, double opacity, bool antialiased) {
  RenderInput input;
  input.camera = TestCamera(kWidth, kHeight, 0);
  input.camera.fy = input.camera.fx;
  input.camera.cx = kWidth / 2.0;
  input.camera.cy = kHeight / 2.0;
  input.options.sh_degree = 0;
  input.options.antialiasing = CompensatedIf(antialiased);
  AppendPlainSplat(input.splats, input.camera, {input.camera.cx, input.camera.cy, 4, sigma_px, opacity});
  return input;
}

double AlphaAtTheMean(const PixelArrays& pixels) {
  return pixels.alpha[(kHeight / 2) * kWidth + kWidth / 2];
}
double SumOfAlpha(const PixelArrays& pixels) {
  return std::accumulate(pixels.alpha.begin(), pixels.alpha.end(), 0.0);
}

TEST_P(AntialiasedTest, MultipliesAlphaByTheRootOfTheRatioOfTheDeterminants) {
  for (const double sigma_px : {0.3, 0.6, 1.0, 4.0}) {
    const double variance = sigma_px * sigma_px, compensation = variance / (variance + math::kLowPassVariancePx2);
    const PixelArrays pixels = backend().Render(OneSplat(sigma_px, 0.8, true)).pixels;
    EXPECT_NEAR(AlphaAtTheMean(pixels), 0.8 * compensation, Tolerance()) << sigma_px;
    EXPECT_NEAR(AlphaAtTheMean(backend().Render(OneSplat(sigma_px, 0.8, false)).pixels), 0.8, Tolerance()) << sigma_px;
  }
}

// The blurred splat keeps the light of the sharp one, o 2 pi sigma^2; what the cut at 1/255 takes from it is the cut's
// height over the same ellipse. Without the compensation all of these would give nearly the light of the low-pass.
TEST_P(AntialiasedTest, GivesASplatBelowAPixelLightInProportionToItsArea) {
  constexpr double kShare = 0.05;  // of the whole: a ring of pixels at the cut is drawn or is not
  constexpr double kOpacity = 0.95;
  for (const double sigma_px : {0.15, 0.2, 0.3, 0.4, 0.6}) {
    const double area = 2 * kPi * sigma_px * sigma_px;
    const double cut = 2 * kPi * (sigma_px * sigma_px + math::kLowPassVariancePx2) * math::kMinAlpha;
    const double light = SumOfAlpha(backend().Render(OneSplat(sigma_px, kOpacity, true)).pixels);
    EXPECT_NEAR(light, kOpacity * area - cut, kShare * kOpacity * area) << sigma_px;
  }
  const double plain = SumOfAlpha(backend().Render(OneSplat(0.15, kOpacity, false)).pixels);
  EXPECT_GT(plain, 10 * kOpacity * 2 * kPi * 0.15 * 0.15) << "the low-pass alone adds light";
}

TEST_P(AntialiasedTest, LeavesASplatMuchLargerThanAPixelAsItIs) {
  const PixelArrays antialiased = backend().Render(OneSplat(200, 0.7, true)).pixels;
  const PixelArrays plain = backend().Render(OneSplat(200, 0.7, false)).pixels;
  for (size_t pixel = 0; pixel < plain.alpha.size(); ++pixel) {
    EXPECT_NEAR(antialiased.alpha[pixel], plain.alpha[pixel], 1e-5);
  }
}

// At a variance of 0.39 px^2 alpha falls to 1/255 at 2.06 px from an opacity of 0.9, and at 1.76 px from the
// compensated 0.9 * 0.09 / 0.39. The last pixel centre of the tile on the left is at 15.5 px.
TEST_P(AntialiasedTest, ReachesNoTileThatItsCompensatedOpacityDoesNot) {
  const auto tiles_at = [&](double x, bool antialiased) {
    RenderInput input = OneSplat(0.3, 0.9, antialiased);
    input.camera.cx = x;
    input.camera.cy = 8;
    return backend().Project(input).tile_counts[0];
  };
  EXPECT_EQ(tiles_at(17.4, false), 2);
  EXPECT_EQ(tiles_at(17.4, true), 1);
  EXPECT_EQ(tiles_at(17.2, true), 2);
}

// The light is o 2 pi exp(2 log_scale): its derivatives by the logit and by both log-scales in the image's plane.
TEST_P(AntialiasedTest, CarriesTheGradientToSizeAndOpacity) {
  PixelArrays ones;
  ones.alpha.assign(kWidth * kHeight, 1);
  ones.image.assign(3 * kWidth * kHeight, 0);
  const auto grad_of = [&](bool antialiased) {
    const RenderInput input = OneSplat(0.4, 0.8, antialiased);
    return backend().RenderBackward(input, backend().Render(input), ones);
  };
  const GradArrays antialiased = grad_of(true), plain = grad_of(false);
  const double area = 2 * kPi * 0.4 * 0.4, slope = 0.8 * 0.2;
  constexpr double kShare = 0.1;  // the cut and the pixels' grid, as above
  EXPECT_NEAR(antialiased.splats.opacity_logits[0], slope * area, kShare * slope * area);
  const double size = antialiased.splats.log_scales[0] + antialiased.splats.log_scales[1];
  EXPECT_NEAR(size, 2 * 0.8 * area, kShare * 2 * 0.8 * area);
  EXPECT_GT(plain.splats.opacity_logits[0], 2 * antialiased.splats.opacity_logits[0]);
}

}  // namespace
}  // namespace splat::kernels
