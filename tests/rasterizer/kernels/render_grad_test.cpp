// The gradient of the whole render: against central differences in double, float against double, at thresholds, its
// screen statistics, and its independence of the number of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "rasterizer/math/sh.h"
#include "rasterizer/math/thresholds.h"
#include "tests/support/backends.h"
#include "tests/support/gradient_check.h"
#include "tests/support/smooth_scene.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::Backend;
using testing::CentralDifferences;
using testing::Evaluate;
using testing::GradArrays;
using testing::GradientsMatch;
using testing::PixelArrays;
using testing::RandomFunctional;
using testing::RandomInput;
using testing::Rendered;
using testing::RenderInput;
using testing::SmoothScene;
using testing::TestCamera;

class RenderGradTest : public testing::BackendTest {};
SPLAT_INSTANTIATE_ON_BACKENDS(RenderGradTest);

void ExpectCentralDifferences(const RenderInput& scene) {
  constexpr double kStep = 2e-6;       // truncation 1e-11, rounding 1e-9 of a loss of order 10
  constexpr double kTolerance = 1e-6;  // of the largest entry of the group
  const auto backend = testing::CpuDoubleBackend(1);
  const PixelArrays functional = RandomFunctional(scene, 77);
  const GradArrays grad = backend->RenderBackward(scene, backend->Render(scene), functional);
  for (int array = 0; array < kSplatArrays; ++array) {
    const auto loss = [&](const std::vector<double>& values) {
      RenderInput moved = scene;
      moved.splats[array] = values;
      return Evaluate(functional, backend->Render(moved).pixels);
    };
    const auto expected = CentralDifferences(loss, scene.splats[array], kStep);
    EXPECT_TRUE(GradientsMatch(grad.splats[array], expected, kTolerance, kSplatArrayList[array].name));
  }
}

TEST(RenderGradient, MatchesCentralDifferencesInEveryParameterGroup) {
  for (const bool antialiased : {false, true}) {
    for (int degree = 0; degree <= 3; ++degree) {
      SCOPED_TRACE(::testing::Message() << "degree " << degree << (antialiased ? ", antialiased" : ""));
      ExpectCentralDifferences(SmoothScene({27, 21, 9, degree, antialiased}));
    }
  }
}

TEST(RenderGradient, OfTheScreenMeanMatchesAShiftOfTheProjectedMean) {
  const auto backend = testing::CpuDoubleBackend(1);
  const RenderInput scene = SmoothScene({27, 21, 9, 0});
  const Rendered forward = backend->Render(scene);
  const PixelArrays functional = RandomFunctional(scene, 78);
  const GradArrays grad = backend->RenderBackward(scene, forward, functional);
  const auto loss = [&](const std::vector<double>& means_px) {
    testing::ProjectedArrays moved = forward.projected;
    moved.means_px = means_px;
    return Evaluate(functional, backend->Blend(scene, moved, forward.lists));
  };
  EXPECT_TRUE(GradientsMatch(grad.grad_mean_px, CentralDifferences(loss, forward.projected.means_px, 1e-6), 1e-6));
}

// One backward pass per pixel gives each pixel's part; the statistic is the sum of their absolute values.
TEST_P(RenderGradTest, AbsoluteScreenGradientIsTheSumOverPixels) {
  const RenderInput scene = RandomInput({19, 18, 6, 0}, 5);
  const Rendered forward = backend().Render(scene);
  const PixelArrays functional = RandomFunctional(scene, 79);
  const GradArrays whole = backend().RenderBackward(scene, forward, functional);
  std::vector<double> absolute(whole.abs_mean_px.size(), 0), plain(absolute);
  for (size_t pixel = 0; pixel < forward.pixels.alpha.size(); ++pixel) {
    PixelArrays one{std::vector<double>(functional.image.size()), std::vector<double>(functional.alpha.size()),
                    std::vector<double>(functional.depth.size())};
    for (int k = 0; k < 3; ++k) one.image[3 * pixel + k] = functional.image[3 * pixel + k];
    one.alpha[pixel] = functional.alpha[pixel];
    one.depth[pixel] = functional.depth[pixel];
    const GradArrays part = backend().RenderBackward(scene, forward, one);
    for (size_t i = 0; i < plain.size(); ++i) {
      plain[i] += part.grad_mean_px[i];
      absolute[i] += std::abs(part.grad_mean_px[i]);
    }
  }
  const double tolerance = 1e3 * backend().Epsilon();
  EXPECT_TRUE(GradientsMatch(whole.grad_mean_px, plain, tolerance));
  EXPECT_TRUE(GradientsMatch(whole.abs_mean_px, absolute, tolerance));
  for (size_t i = 0; i < plain.size(); ++i) {
    EXPECT_GE(whole.abs_mean_px[i], std::abs(whole.grad_mean_px[i]) * (1 - tolerance));
  }
}

// Against double on a scene with saturated pixels, where the front-to-back replay has most to subtract.
TEST_P(RenderGradTest, AgreesWithTheDoubleOracle) {
  // The tolerance is a share of the group's largest entry. In float 8e-6 is measured; a pixel that float decides the
  // other way at a threshold moves an entry by up to 1/255 of the pixel's part.
  const double tolerance = backend().Epsilon() > 1e-10 ? 2e-4 : 1e-9;
  const auto oracle = testing::CpuDoubleBackend(1);
  for (const bool antialiased : {false, true}) {
    SCOPED_TRACE(antialiased ? "antialiased" : "plain");
    const RenderInput scene = RandomInput({133, 97, 1500, 2, antialiased}, 6, 20);
    const PixelArrays functional = RandomFunctional(scene, 80);
    const GradArrays expected = oracle->RenderBackward(scene, oracle->Render(scene), functional);
    const GradArrays actual = backend().RenderBackward(scene, backend().Render(scene), functional);
    for (int array = 0; array < kSplatArrays; ++array) {
      const char* const name = kSplatArrayList[array].name;
      EXPECT_TRUE(GradientsMatch(actual.splats[array], expected.splats[array], tolerance, name));
    }
    EXPECT_TRUE(GradientsMatch(actual.grad_mean_px, expected.grad_mean_px, tolerance, "grad_mean_px"));
    EXPECT_TRUE(GradientsMatch(actual.abs_mean_px, expected.abs_mean_px, tolerance, "abs_mean_px"));
  }
}

TEST_P(RenderGradTest, TakesAbsentAlphaAndDepthGradientsAsZero) {
  const RenderInput scene = RandomInput({40, 30, 50, 1}, 7);
  const Rendered forward = backend().Render(scene);
  PixelArrays zeros = RandomFunctional(scene, 81);
  zeros.alpha.assign(zeros.alpha.size(), 0);
  zeros.depth.assign(zeros.depth.size(), 0);
  const GradArrays a = backend().RenderBackward(scene, forward, zeros);
  const GradArrays b = backend().RenderBackward(scene, forward, {zeros.image, {}, {}});
  EXPECT_EQ(a.splats.Flat(), b.splats.Flat());
  EXPECT_EQ(a.abs_mean_px, b.abs_mean_px);
}

TEST_P(RenderGradTest, WritesEveryOutputAndZeroForWhatIsHidden) {
  RenderInput scene = RandomInput({33, 31, 200, 2}, 8);
  scene.options.sh_degree = 1;
  for (int k = 0; k < 20; ++k) scene.splats.opacity_logits[k] = -20;
  for (int k = 20; k < 25; ++k) scene.splats.means[3 * k] = std::nan("");
  for (int k = 25; k < 30; ++k) scene.splats.sh_rest[24 * k] = std::nan("");
  const Rendered forward = backend().Render(scene);
  const std::vector<double> slots = backend().BlendBackward(scene, forward, RandomFunctional(scene, 82));
  for (const double value : slots)
    ASSERT_TRUE(std::isfinite(value)) << "every slot is written, behind opaque splats too";
  const GradArrays grad = backend().ProjectBackward(scene, forward, slots);
  for (const double value : grad.splats.Flat()) ASSERT_TRUE(std::isfinite(value));
  for (const double value : grad.grad_mean_px) ASSERT_TRUE(std::isfinite(value));
  for (const double value : grad.abs_mean_px) ASSERT_TRUE(std::isfinite(value));
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(forward.projected.tile_counts[i], 0);
    for (int k = 0; k < 3; ++k) EXPECT_EQ(grad.splats.means[3 * i + k], 0);
    for (int k = 0; k < 4; ++k) EXPECT_EQ(grad.splats.quats[4 * i + k], 0);
    EXPECT_EQ(grad.splats.opacity_logits[i], 0);
    EXPECT_EQ(grad.splats.sh_dc[3 * i], 0);
    EXPECT_EQ(grad.abs_mean_px[2 * i], 0);
  }
  for (int64_t i = 0; i < scene.splats.count; ++i) {
    for (int k = 3; k < 8; ++k) EXPECT_EQ(grad.splats.sh_rest[24 * i + 3 * k], 0) << "inactive degree";
  }
}

TEST_P(RenderGradTest, IsZeroForGeometryAndOpacityWhereAlphaIsClamped) {
  RenderInput scene;
  scene.camera = TestCamera(12, 12, 0);
  scene.options.sh_degree = 0;
  AppendPlainSplat(scene.splats, scene.camera, {6, 6, 3, 1e4, 0.999, {0.4, 0.5, 0.6}});
  const Rendered forward = backend().Render(scene);
  for (const double alpha : forward.pixels.alpha) ASSERT_NEAR(alpha, math::kMaxAlpha, 1e-6);
  PixelArrays ones;
  ones.image.assign(3 * 144, 1);
  const GradArrays grad = backend().RenderBackward(scene, forward, ones);
  EXPECT_EQ(grad.splats.opacity_logits[0], 0);
  for (int k = 0; k < 3; ++k) EXPECT_EQ(grad.splats.log_scales[k], 0);
  for (int k = 0; k < 3; ++k) EXPECT_NEAR(grad.splats.sh_dc[k], 144 * 0.99 * math::kShC0, 1e-3);
}

TEST_P(RenderGradTest, IsZeroForSplatsBehindTheTransmittanceLimit) {
  RenderInput scene;
  scene.camera = TestCamera(12, 12, 0);
  scene.options.sh_degree = 0;
  for (int i = 0; i < 30; ++i) AppendPlainSplat(scene.splats, scene.camera, {6, 6, 2 + 0.1 * i, 1e4, 0.95});
  const GradArrays grad = backend().RenderBackward(scene, backend().Render(scene), RandomFunctional(scene, 83));
  EXPECT_NE(grad.splats.opacity_logits[0], 0);
  EXPECT_NE(grad.splats.opacity_logits[2], 0);
  for (int i = 5; i < 30; ++i) {  // 0.05^4 is below 1e-4
    EXPECT_EQ(grad.splats.opacity_logits[i], 0);
    EXPECT_EQ(grad.splats.sh_dc[3 * i], 0);
  }
}

TEST_P(RenderGradTest, TakesAnEmptyModel) {
  RenderInput scene = RandomInput({17, 9, 0, 0}, 9);
  const Rendered forward = backend().Render(scene);
  EXPECT_TRUE(backend().RenderBackward(scene, forward, RandomFunctional(scene, 84)).splats.Flat().empty());
}

// Floats compare by value here, and NaN or -0 against 0 cannot hide: every output is finite, and equal arithmetic gives
// equal signs.
TEST(RenderThreads, AreBitEqualForwardAndBackwardForAnyNumber) {
  const RenderInput scene = RandomInput({300, 211, 6000, 1}, 10);
  const PixelArrays functional = RandomFunctional(scene, 85);
  std::vector<std::function<std::shared_ptr<const Backend>(int)>> makers = {testing::CpuDoubleBackend};
  for (const InstructionSet set : UsableInstructionSets()) {
    makers.push_back([set](int threads) { return testing::CpuFloatBackend(threads, set); });
  }
  for (const auto& make : makers) {
    const auto one = make(1);
    const Rendered expected = one->Render(scene);
    const GradArrays expected_grad = one->RenderBackward(scene, expected, functional);
    ASSERT_GT(expected.lists.instances, 20000);
    for (const int threads : {2, 3, 8}) {
      const auto many = make(threads);
      const Rendered actual = many->Render(scene);
      EXPECT_EQ(actual.projected.means_px, expected.projected.means_px) << many->Name();
      EXPECT_EQ(actual.lists.instance_splat, expected.lists.instance_splat) << many->Name();
      EXPECT_EQ(actual.lists.instance_slot, expected.lists.instance_slot) << many->Name();
      EXPECT_EQ(actual.pixels.image, expected.pixels.image) << many->Name();
      EXPECT_EQ(actual.pixels.alpha, expected.pixels.alpha) << many->Name();
      EXPECT_EQ(actual.pixels.depth, expected.pixels.depth) << many->Name();
      const GradArrays grad = many->RenderBackward(scene, actual, functional);
      EXPECT_EQ(grad.splats.Flat(), expected_grad.splats.Flat()) << many->Name();
      EXPECT_EQ(grad.grad_mean_px, expected_grad.grad_mean_px) << many->Name();
      EXPECT_EQ(grad.abs_mean_px, expected_grad.abs_mean_px) << many->Name();
    }
  }
}

}  // namespace
}  // namespace splat::kernels
