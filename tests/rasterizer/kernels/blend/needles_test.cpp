// Long thin splats on every backend: whatever the covariance, position and opacity, a splat is drawn within its opacity
// and as in double, and its gradient is finite.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rasterizer/math/activation.h"
#include "rasterizer/math/thresholds.h"
#include "tests/support/backends.h"

namespace splat::kernels {
namespace {

using testing::Backend;
using testing::GradArrays;
using testing::PixelArrays;
using testing::Rendered;
using testing::RenderInput;
using testing::SplatArrays;
using testing::TestCamera;

class NeedlesTest : public testing::BackendTest {};
SPLAT_INSTANTIATE_ON_BACKENDS(NeedlesTest);

constexpr int kWidth = 40, kHeight = 36;
constexpr double kDepth = 4;

double Rounded(double value) {
  return double(float(value));
}

struct Needle {
  RenderInput input;
  double longest_px = 0, opacity = 0;
};

// One splat whose axes are log-uniform between a hundredth of a pixel and `longest_px`, with its longest axis through
// the image or somewhere near it; all numbers are floats.
Needle RandomNeedle(double longest_px, Random& random) {
  Needle needle;
  RenderInput& input = needle.input;
  input.camera = TestCamera(kWidth, kHeight, 0);
  input.options.sh_degree = 0;
  SplatArrays& splats = input.splats = SplatArrays(1, 0);
  const double px = kDepth / input.camera.fx, range = std::log(longest_px / 0.01);
  double quat[4];
  for (double& q : quat) q = random.Normal();
  for (int k = 0; k < 3; ++k) {
    const double sigma_px = 0.01 * std::exp(range * random.Uniform());
    needle.longest_px = std::max(needle.longest_px, sigma_px);
    splats.log_scales[size_t(k)] = Rounded(std::log(px * sigma_px));
  }
  // Half of the means lie as far away as the needle is long.
  const double away = random.Uniform() < 0.5 ? kWidth : kWidth + needle.longest_px;
  splats.means = {Rounded(px * away * random.Uniform(-1, 1)), Rounded(px * away * random.Uniform(-1, 1)), kDepth};
  for (int k = 0; k < 4; ++k) splats.quats[size_t(k)] = Rounded(quat[k]);
  needle.opacity = random.Uniform(0.01, 0.99);
  splats.opacity_logits = {Rounded(math::Logit(needle.opacity))};
  splats.sh_dc = {0.5, -0.25, 1};
  splats.count = 1;
  return needle;
}

PixelArrays RandomGradient(Random& random) {
  PixelArrays grad;
  grad.image = testing::RandomVector(3 * kWidth * kHeight, -1, 1, random);
  grad.alpha = testing::RandomVector(kWidth * kHeight, -1, 1, random);
  grad.depth = testing::RandomVector(kWidth * kHeight, -1, 1, random);
  return grad;
}

bool AllFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

void ExpectFinite(const GradArrays& grad) {
  for (int array = 0; array < kSplatArrays; ++array) EXPECT_TRUE(AllFinite(grad.splats[array])) << "array " << array;
  EXPECT_TRUE(AllFinite(grad.grad_mean_px));
  EXPECT_TRUE(AllFinite(grad.abs_mean_px));
}

TEST_P(NeedlesTest, AreDrawnWithinTheirOpacityAndTheirGradientsAreFinite) {
  constexpr double kAbove = 1e-6;  // rounding of the opacity and of exp, both relative
  Random random(1);
  int drawn = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const Needle needle = RandomNeedle(30000, random);
    const Rendered r = backend().Render(needle.input);
    ASSERT_TRUE(AllFinite(r.pixels.image) && AllFinite(r.pixels.alpha) && AllFinite(r.pixels.depth)) << trial;
    const double most = *std::max_element(r.pixels.alpha.begin(), r.pixels.alpha.end());
    ASSERT_LE(most, needle.opacity * (1 + kAbove)) << trial << ", " << needle.longest_px << " px long";
    ASSERT_GE(*std::min_element(r.pixels.alpha.begin(), r.pixels.alpha.end()), 0) << trial;
    drawn += most > 0 ? 1 : 0;
    ExpectFinite(backend().RenderBackward(needle.input, r, RandomGradient(random)));
  }
  EXPECT_GT(drawn, 50) << "too few to mean anything";
}

// The pixels of alpha below the threshold count as those at it: rounding may take a decision the other way.
double Drawn(double alpha) {
  return std::max(alpha, 1.5 * math::kMinAlpha);
}

TEST_P(NeedlesTest, AreDrawnAsInDouble) {
  // Across a needle, float places it to a few roundings of its length; alpha changes by up to 0.6 per sigma, and no
  // sigma is below half a pixel.
  const auto tolerance = [&](double longest_px) { return backend().Epsilon() * (100 + 10 * longest_px); };
  const auto exact = testing::CpuDoubleBackend(1);
  Random random(2);
  for (int trial = 0; trial < 300; ++trial) {
    const Needle needle = RandomNeedle(30000, random);
    const PixelArrays a = backend().Render(needle.input).pixels, b = exact->Render(needle.input).pixels;
    double worst = 0;
    for (size_t p = 0; p < a.alpha.size(); ++p)
      worst = std::max(worst, std::abs(Drawn(a.alpha[p]) - Drawn(b.alpha[p])));
    ASSERT_LE(worst, tolerance(needle.longest_px)) << trial << ", " << needle.longest_px << " px long";
  }
}

double LargestOf(const std::vector<double>& values) {
  double largest = 0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

// Compares the gradients of random needles with those in double. `tolerance` is a share of an array's largest number.
void ExpectGradientsOfDouble(const Backend& backend, double longest_px, const std::vector<int>& arrays,
                             double tolerance) {
  const auto exact = testing::CpuDoubleBackend(1);
  Random random(3);
  for (int trial = 0; trial < 200; ++trial) {
    const Needle needle = RandomNeedle(longest_px, random);
    const PixelArrays weights = RandomGradient(random);
    const Rendered ra = backend.Render(needle.input), rb = exact->Render(needle.input);
    const GradArrays a = backend.RenderBackward(needle.input, ra, weights),
                     b = exact->RenderBackward(needle.input, rb, weights);
    for (const int array : arrays) {
      const double largest = LargestOf(b.splats[array]);
      for (size_t k = 0; k < b.splats[array].size(); ++k) {
        EXPECT_NEAR(a.splats[array][k], b.splats[array][k], tolerance * largest + 0.01)
            << "trial " << trial << ", array " << array << ", " << needle.longest_px << " px long";
      }
    }
  }
}

TEST_P(NeedlesTest, HaveTheGradientsOfDouble) {
  ExpectGradientsOfDouble(backend(), 1000, {kMeans, kOpacityLogits, kShDc}, 0.02);
}

// From the axes to the conic and back nothing cancels (ProjectSplatBackward.HasTheGradientOfDouble...). What is left is
// the blending: float places a needle whose mean lies 10,000 px away to some 1e-3 px, and the image with it.
TEST_P(NeedlesTest, HaveTheGradientsOfDoubleForTheirAxesUpToTenThousandPixels) {
  ExpectGradientsOfDouble(backend(), 10000, {kLogScales, kQuats}, 0.02);
}

}  // namespace
}  // namespace splat::kernels
