#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/activation.h"
#include "tests/support/torch_scenes.h"
#include "train/density/strategy.h"
#include "train/sky_shell.h"

namespace splat::train {
namespace {

constexpr int kSteps = 30000, kDensificationStep = 600;

// Four splats: small and large ones, with and without gradient.
struct Bench {
  SplatModel model = splat::testing::RandomModel(4, 0, 3);
  ModelOptimizer optimizer{model, OptimizerConfig{}};
  torch::Tensor gradients = torch::zeros({4});  // mean over the views, in normalised device coordinates
  Random random{1};
  DensityState density;
  DensityConfig config;
  bool opacity_was_reset = false;
  StepContext context;

  Bench() {
    model.log_scales = torch::full({4, 3}, std::log(0.001f));
    model.log_scales.slice(0, 2).fill_(std::log(0.05f));
    model.opacity_logits.fill_(0);
    SetRequiresGrad(model, true);
    context = {kDensificationStep, 1.0, 1e-4, &model, &optimizer, &random, &density};
  }
  void SetGradient(int64_t splat, double ndc) { gradients[splat] = ndc; }
  bool Run(int64_t limit, int64_t pixels = 1000) {
    density = {};  // nothing is left of the run before
    density.opacity_was_reset = opacity_was_reset;
    const auto strategy = MakeStrategy(config, kSteps, {limit, pixels});
    const DensityStatistics statistics = strategy->Collect(context);
    statistics.seen.fill_(2);  // as the backward passes of two views would
    statistics.gradient_sum.copy_(2 * gradients);
    return strategy->Update(context);
  }
};

TEST(AdaptiveStrategy, LeavesQuietSplatsAlone) {
  Bench bench;
  bench.Run(100);
  EXPECT_EQ(bench.model.count(), 4);
}

TEST(AdaptiveStrategy, ClonesSmallAndSplitsLarge) {
  Bench bench;
  bench.SetGradient(0, 3e-4);
  bench.SetGradient(2, 3e-4);
  ASSERT_TRUE(bench.Run(100));
  ASSERT_EQ(bench.model.count(), 6);
  // The clone of 0 in the place of 2, and at the end two children of 2.
  EXPECT_TRUE(torch::equal(bench.model.means[2], bench.model.means[0]));
  EXPECT_NEAR(std::exp(bench.model.log_scales[3][0].item<float>()), 0.05, 1e-6);
  EXPECT_NEAR(std::exp(bench.model.log_scales[5][0].item<float>()), 0.05 / kSplitShrink, 1e-6);
}

// The one view of these statistics has counted each of the four splats twice: it sees eight.
TEST(AdaptiveStrategy, GrowsToAsManySplatsAsAViewHasPixels) {
  const auto count_with = [](int64_t pixels, double visible_per_pixel) {
    Bench bench;
    bench.config.visible_per_pixel = visible_per_pixel;
    bench.SetGradient(0, 4e-4);
    bench.SetGradient(1, 3e-4);
    bench.Run(100, pixels);
    return bench.model.count();
  };
  EXPECT_EQ(count_with(12, 1), 6);
  EXPECT_EQ(count_with(11, 1), 5) << "of 5.5 splats";
  EXPECT_EQ(count_with(6, 2), 6);
  EXPECT_EQ(count_with(1, 1), 4) << "nothing is removed for it";
  EXPECT_EQ(count_with(1, 0), 6) << "no limit";
}

TEST(AdaptiveStrategy, GradientBelowTheThresholdDoesNotGrow) {
  Bench bench;
  bench.SetGradient(0, 1.9e-4);
  bench.Run(100);
  EXPECT_EQ(bench.model.count(), 4);
}

TEST(AdaptiveStrategy, RemovesTransparentAndNonFiniteSplats) {
  Bench bench;
  {
    const torch::NoGradGuard no_grad;
    bench.model.opacity_logits[1] = float(math::Logit(0.004));
    bench.model.opacity_logits[3] = std::nanf("");
  }
  ASSERT_TRUE(bench.Run(100));
  EXPECT_EQ(bench.model.count(), 2);
}

TEST(AdaptiveStrategy, KeepsTheLimitAndGrowsTheStrongestFirst) {
  Bench bench;
  bench.SetGradient(0, 3e-4);
  bench.SetGradient(1, 9e-4);
  ASSERT_TRUE(bench.Run(5));
  ASSERT_EQ(bench.model.count(), 5);
  EXPECT_TRUE(torch::equal(bench.model.means[4], bench.model.means[1]));
}

TEST(AdaptiveStrategy, RemovesLargeSplatsOfTheSceneAndNoneOfTheSky) {
  Bench bench;
  bench.opacity_was_reset = true;
  bench.config.adaptive.prune_scale = 0.1;
  bench.context.extent = 2;
  const auto beyond = float(BeyondScene(bench.context.extent));
  {
    const torch::NoGradGuard no_grad;
    bench.model.log_scales.slice(0, 0, 3).fill_(std::log(0.21f));
    bench.model.means[0] = torch::tensor({0.0f, 0.0f, 0.9f * beyond});
    bench.model.means[2] = torch::tensor({0.0f, -1.1f * beyond, 0.0f});
  }
  ASSERT_TRUE(bench.Run(100));
  ASSERT_EQ(bench.model.count(), 2);
  EXPECT_EQ(bench.model.means[0][1].item<float>(), -1.1f * beyond);
}

TEST(AdaptiveStrategy, NeverRemovesTheLastSplats) {
  Bench bench;
  {
    const torch::NoGradGuard no_grad;
    bench.model.opacity_logits.fill_(-20);
  }
  bench.Run(100);
  EXPECT_EQ(bench.model.count(), 4);
}

}  // namespace
}  // namespace splat::train
