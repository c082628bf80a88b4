// The forward pass on every backend: closed forms, and images against a naive compositing loop in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "rasterizer/math/thresholds.h"
#include "tests/support/backends.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::Backend;
using testing::PixelArrays;
using testing::PlainSplat;
using testing::ProjectedArrays;
using testing::RandomSplats;
using testing::Rendered;
using testing::RenderInput;
using testing::SceneOptions;
using testing::SplatArrays;
using testing::TestCamera;

class BlendTest : public testing::BackendTest {
 protected:
  // The tolerance is for sums of weights and colours of order 1: alpha carries a few hundred roundings through its
  // exponent.
  double Tolerance() const { return 300 * backend().Epsilon(); }
};
SPLAT_INSTANTIATE_ON_BACKENDS(BlendTest);

RenderInput EmptyInput(int width, int height) {
  RenderInput input;
  input.camera = TestCamera(width, height, 0);
  input.options.sh_degree = 0;
  input.background = {0.25, 0.5, 0.75};
  return input;
}

RenderInput RandomInput(int width, int height, int64_t splats, uint64_t seed) {
  RenderInput input = EmptyInput(width, height);
  input.camera = TestCamera(width, height, seed);
  SceneOptions options;
  options.seed = seed;
  options.splats = splats;
  options.sh_degree = 1;
  options.sigma_px_max = 25;
  options.opacity_max = 0.999;
  input.splats = RandomSplats(options, input.camera);
  input.options.sh_degree = 1;
  return input;
}

struct NaivePixel {
  double color[3], alpha, depth;
  bool on_edge;  // a decision was so close that rounding may take it the other way
};

// The definition (docs/math.md, section 6) with no tiles, no bounds and no shared code: every splat at one pixel
// centre.
NaivePixel CompositePixel(const RenderInput& input, const ProjectedArrays& p, const std::vector<int>& order, double x,
                          double y, double epsilon) {
  NaivePixel pixel{};
  double t = 1;
  for (const int i : order) {
    const double dx = p.means_px[2 * i] - x, dy = p.means_px[2 * i + 1] - y;
    const double *c = &p.conics[3 * i], q = c[0] * dx * dx + 2 * c[1] * dx * dy + c[2] * dy * dy;
    const double raw = p.opacities[i] * std::exp(-q / 2);
    pixel.on_edge |= std::abs(raw * 255 - 1) < 3000 * epsilon || std::abs(t * 1e4 - 1) < 1e5 * epsilon;
    if (raw < 1.0 / 255 || t < 1e-4) continue;
    const double weight = std::min(raw, 0.99) * t;
    for (int k = 0; k < 3; ++k) pixel.color[k] += weight * p.colors[3 * i + k];
    pixel.depth += weight * p.depths[i];
    t -= weight;
  }
  for (int k = 0; k < 3; ++k) pixel.color[k] += t * input.background[k];
  pixel.alpha = 1 - t;
  return pixel;
}

void ExpectMatchesNaive(const Backend& backend, const RenderInput& input, double tolerance) {
  const Rendered r = backend.Render(input);
  std::vector<int> order;
  for (int i = 0; i < int(input.splats.count); ++i) {
    if (r.projected.tile_counts[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return float(r.projected.depths[a]) < float(r.projected.depths[b]); });
  const int width = input.camera.width, height = input.camera.height;
  int compared = 0, failures = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const NaivePixel n = CompositePixel(input, r.projected, order, x + 0.5, y + 0.5, backend.Epsilon());
      if (n.on_edge) continue;
      ++compared;
      const size_t pixel = size_t(y) * size_t(width) + size_t(x);
      double error = std::abs(r.pixels.alpha[pixel] - n.alpha);
      error = std::max(error, std::abs(r.pixels.depth[pixel] - n.depth) / 6);  // depths reach 6
      for (int k = 0; k < 3; ++k) error = std::max(error, std::abs(r.pixels.image[3 * pixel + k] - n.color[k]));
      if (!(error <= tolerance) && ++failures <= 5) ADD_FAILURE() << "pixel " << x << ", " << y << ": off by " << error;
    }
  }
  EXPECT_EQ(failures, 0) << "of " << compared << " pixels";
  EXPECT_GT(compared, 0.6 * width * height) << "too many pixels on the edge of a decision to mean anything";
}

TEST_P(BlendTest, ShowsTheBackgroundWhereThereIsNothing) {
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 1}, {133, 237}}) {
    const RenderInput input = EmptyInput(width, height);
    const PixelArrays pixels = backend().Render(input).pixels;
    for (size_t i = 0; i < pixels.alpha.size(); ++i) {
      for (int k = 0; k < 3; ++k) ASSERT_EQ(pixels.image[3 * i + k], input.background[k]);
      ASSERT_EQ(pixels.alpha[i], 0);
      ASSERT_EQ(pixels.depth[i], 0);
    }
  }
}

TEST_P(BlendTest, DrawsOneRoundSplatAsItsClosedForm) {
  RenderInput input = EmptyInput(40, 30);
  input.camera.fy = input.camera.fx;
  const PlainSplat plain{20.5, 15.5, 4, 3, 0.6, {0.9, 0.1, 0.4}};
  AppendPlainSplat(input.splats, input.camera, plain);
  const PixelArrays pixels = backend().Render(input).pixels;
  // On the axis the Jacobian's off-axis terms vanish; here they are of second order in the angle, hence the 1 %.
  EXPECT_NEAR(pixels.alpha[15 * 40 + 20], 0.6, Tolerance()) << "at the mean";
  EXPECT_NEAR(pixels.depth[15 * 40 + 20], 0.6 * 4, 4 * Tolerance());
  EXPECT_NEAR(pixels.image[3 * (15 * 40 + 20)], 0.6 * 0.9 + 0.4 * 0.25, Tolerance());
  const double variance = 9 + math::kLowPassVariancePx2;
  for (const int dx : {-5, -2, 3, 6}) {
    const double expected = 0.6 * std::exp(-dx * dx / (2 * variance));
    EXPECT_NEAR(pixels.alpha[15 * 40 + 20 + dx], expected, 0.01 * expected);
  }
  const double far = std::sqrt(2 * std::log(0.6 * 255) * variance);
  EXPECT_EQ(pixels.alpha[15 * 40 + 20 + int(far) + 2], 0) << "below 1/255 nothing is drawn";
  EXPECT_GT(pixels.alpha[15 * 40 + 20 + int(far) - 1], 0);
}

TEST_P(BlendTest, CompositesTwoSplatsFrontToBackWhateverTheirIndex) {
  for (const bool swapped : {false, true}) {
    RenderInput input = EmptyInput(16, 16);
    const PlainSplat front{8.5, 8.5, 2, 50, 0.5, {1, 0, 0}}, back{8.5, 8.5, 5, 50, 0.8, {0, 1, 0}};
    AppendPlainSplat(input.splats, input.camera, swapped ? back : front);
    AppendPlainSplat(input.splats, input.camera, swapped ? front : back);
    const PixelArrays pixels = backend().Render(input).pixels;
    const size_t center = 8 * 16 + 8;
    EXPECT_NEAR(pixels.image[3 * center], 0.5 + 0.1 * 0.25, Tolerance());
    EXPECT_NEAR(pixels.image[3 * center + 1], 0.5 * 0.8 + 0.1 * 0.5, Tolerance());
    EXPECT_NEAR(pixels.image[3 * center + 2], 0.1 * 0.75, Tolerance());
    EXPECT_NEAR(pixels.depth[center], 0.5 * 2 + 0.4 * 5, 5 * Tolerance());
  }
}

TEST_P(BlendTest, ClampsAlphaAndStopsBehindOpaqueSplats) {
  RenderInput input = EmptyInput(20, 20);
  for (int i = 0; i < 40; ++i) {
    AppendPlainSplat(input.splats, input.camera, {10, 10, 2 + 0.1 * i, 1e4, 0.9999, {i < 3 ? 0.5 : 1e6, 0, 0}});
  }
  const PixelArrays pixels = backend().Render(input).pixels;
  // 1 - 0.99 = 0.01, 1e-4 (may be just below the limit after rounding), 1e-6: at most three are drawn.
  for (const double alpha : pixels.alpha) {
    EXPECT_GE(alpha, 1 - 1e-4 - 1e-6);
    EXPECT_LE(alpha, 1 - 0.9e-6);
  }
  for (size_t i = 0; i < pixels.alpha.size(); ++i) EXPECT_LT(pixels.image[3 * i], 0.6) << "light from behind the limit";
}

TEST_P(BlendTest, CoversAImageWithOneHugeSplat) {
  RenderInput input = EmptyInput(133, 70);
  AppendPlainSplat(input.splats, input.camera, {60, 30, 3, 1e5, 0.7, {0.2, 0.4, 0.6}});
  const PixelArrays pixels = backend().Render(input).pixels;
  for (const double alpha : pixels.alpha) EXPECT_NEAR(alpha, 0.7, 1e-4);
}

TEST_P(BlendTest, MatchesNaiveCompositingAtOddSizes) {
  ExpectMatchesNaive(backend(), RandomInput(1, 1, 30, 1), Tolerance());
  ExpectMatchesNaive(backend(), RandomInput(17, 1, 60, 2), Tolerance());
  ExpectMatchesNaive(backend(), RandomInput(133, 237, 150, 3), Tolerance());
  ExpectMatchesNaive(backend(), RandomInput(4097, 33, 12, 4), Tolerance());
}

TEST_P(BlendTest, MatchesNaiveCompositingWhereSplatsPileUp) {
  RenderInput input = RandomInput(50, 40, 1200, 5);
  ExpectMatchesNaive(backend(), input, Tolerance());
  const PixelArrays pixels = backend().Render(input).pixels;
  const auto opaque = std::count_if(pixels.alpha.begin(), pixels.alpha.end(), [](double a) { return a > 0.9999; });
  EXPECT_GT(opaque, 1000) << "the scene is meant to saturate";
}

TEST_P(BlendTest, ShowsTheBackgroundForSplatsBehindTheCamera) {
  RenderInput input = EmptyInput(64, 64);
  for (int i = 0; i < 10000; ++i) AppendPlainSplat(input.splats, input.camera, {32, 32, 4, 3, 0.9});
  for (int64_t i = 0; i < input.splats.count; ++i) input.splats.means[3 * i + 2] *= -1;
  const PixelArrays pixels = backend().Render(input).pixels;
  for (const double alpha : pixels.alpha) EXPECT_EQ(alpha, 0);
  EXPECT_EQ(pixels.image[0], 0.25);
}

TEST_P(BlendTest, IsUntouchedByBrokenSplatsAmongGoodOnes) {
  const RenderInput good = RandomInput(70, 50, 100, 6);
  RenderInput mixed = good;
  const double bad[] = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity()};
  for (int i = 0; i < 30; ++i) {
    AppendPlainSplat(mixed.splats, mixed.camera, {35, 25, 1.0, 20, 0.9});
    const size_t last = size_t(mixed.splats.count) - 1;
    std::vector<double>* groups[] = {&mixed.splats.means, &mixed.splats.log_scales, &mixed.splats.quats,
                                     &mixed.splats.sh_dc, &mixed.splats.opacity_logits};
    std::vector<double>& group = *groups[i % 5];
    group[group.size() / size_t(mixed.splats.count) * last] = bad[i / 5 % 3];
  }
  const PixelArrays a = backend().Render(good).pixels, b = backend().Render(mixed).pixels;
  EXPECT_EQ(a.image, b.image);
  EXPECT_EQ(a.alpha, b.alpha);
  EXPECT_EQ(a.depth, b.depth);
}

TEST_P(BlendTest, DoesNotDependOnTheOrderOfTheModel) {
  const RenderInput input = RandomInput(70, 50, 300, 7);
  RenderInput reversed = input;
  const SplatArrays& s = input.splats;
  for (int64_t i = 0; i < s.count; ++i) {
    const int64_t j = s.count - 1 - i;
    std::copy_n(&s.means[3 * i], 3, &reversed.splats.means[3 * j]);
    std::copy_n(&s.log_scales[3 * i], 3, &reversed.splats.log_scales[3 * j]);
    std::copy_n(&s.quats[4 * i], 4, &reversed.splats.quats[4 * j]);
    reversed.splats.opacity_logits[j] = s.opacity_logits[i];
    std::copy_n(&s.sh_dc[3 * i], 3, &reversed.splats.sh_dc[3 * j]);
    std::copy_n(&s.sh_rest[3 * s.sh_rest_count * i], 3 * s.sh_rest_count,
                &reversed.splats.sh_rest[3 * s.sh_rest_count * j]);
  }
  EXPECT_EQ(backend().Render(input).pixels.image, backend().Render(reversed).pixels.image);
}

}  // namespace
}  // namespace splat::kernels
