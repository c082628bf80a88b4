#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/activation.h"
#include "tests/support/torch_scenes.h"
#include "train/density/strategy.h"

namespace splat::train {
namespace {

constexpr int kSteps = 30000, kDensificationStep = 600;
constexpr int64_t kCount = 40;

// Forty splats of opacity 0.5, of which the first few may be dead.
struct Bench {
  SplatModel model = splat::testing::RandomModel(kCount, 1, 3);
  ModelOptimizer optimizer{model, OptimizerConfig{}};
  Random random{1};
  DensityState density;
  DensityConfig config;
  StepContext context;

  Bench() {
    config.strategy = "mcmc";
    config.mcmc.noise = 0;
    model.opacity_logits.fill_(0);
    SetRequiresGrad(model, true);
    context = {kDensificationStep, 1.0, 1e-3, &model, &optimizer, &random, &density};
  }
  void Kill(int64_t splats) {
    const torch::NoGradGuard no_grad;
    model.opacity_logits.slice(0, 0, splats).fill_(math::Logit(0.004));
  }
  // seen: splats that a view sees.
  bool Run(int64_t limit, int64_t pixels = 1000000, int32_t seen = 1) {
    density = {};  // nothing is left of the run before
    const auto strategy = MakeStrategy(config, kSteps, {limit, pixels});
    if (const DensityStatistics statistics = strategy->Collect(context); statistics.seen.defined()) {
      statistics.seen.fill_(seen);
    }
    return strategy->Update(context);
  }
  int64_t Dead() const { return (model.opacity_logits < math::Logit(0.0049)).sum().item<int64_t>(); }
};

TEST(McmcStrategy, GrowsByAShareAtADensificationStepOnly) {
  Bench bench;
  bench.context.step = kDensificationStep + 1;
  EXPECT_FALSE(bench.Run(1000));
  EXPECT_EQ(bench.model.count(), kCount);
  bench.context.step = kDensificationStep;
  EXPECT_TRUE(bench.Run(1000));
  EXPECT_EQ(bench.model.count(), 42);
  bench.config.mcmc.growth = 0.3;
  bench.Run(1000);
  EXPECT_EQ(bench.model.count(), 55) << "rounded up, so that few splats grow as well";
}

TEST(McmcStrategy, KeepsTheLimitOfSplatsAndThatOfPixels) {
  Bench bench;
  bench.config.mcmc.growth = 0.5;
  bench.Run(45);
  EXPECT_EQ(bench.model.count(), 45);
  bench.Run(20);
  EXPECT_EQ(bench.model.count(), 45) << "nothing is removed";
  // A view sees every splat twice, 90 of them, and has 92 pixels.
  bench.Run(1000, 92, 2);
  EXPECT_EQ(bench.model.count(), 46);
  bench.config.visible_per_pixel = 0;
  bench.Run(1000, 92);
  EXPECT_EQ(bench.model.count(), 69);
}

TEST(McmcStrategy, RelocatesTheDeadWhereTheOthersShareTheirOpacity) {
  Bench bench;
  bench.config.mcmc.growth = 0;
  bench.Kill(10);
  const torch::Tensor means_before = bench.model.means.detach().clone();
  ASSERT_TRUE(bench.Run(kCount));
  EXPECT_EQ(bench.model.count(), kCount);
  EXPECT_EQ(bench.Dead(), 0);
  const torch::Tensor means = bench.model.means.detach();
  const torch::Tensor logits = bench.model.opacity_logits.detach();
  EXPECT_TRUE(torch::equal(means.slice(0, 10), means_before.slice(0, 10))) << "who lives stays";
  for (int64_t i = 0; i < 10; ++i) {
    const torch::Tensor same = (means == means[i]).all(1);
    ASSERT_EQ(same.slice(0, 10).sum().item<int64_t>(), 1) << "splat " << i << " lies where one live splat is";
    // All in one place are equal, and together as opaque as the one that was alone there.
    EXPECT_EQ((logits.masked_select(same) == logits[i]).sum().item<int64_t>(), same.sum().item<int64_t>());
    const double opacity = math::Sigmoid(double(logits[i].item<float>()));
    EXPECT_NEAR(std::pow(1 - opacity, double(same.sum().item<int64_t>())), 0.5, 1e-5);
  }
}

TEST(McmcStrategy, WithoutALiveSplatNothingChanges) {
  Bench bench;
  bench.Kill(kCount);
  const torch::Tensor before = bench.model.means.detach().clone();
  EXPECT_FALSE(bench.Run(1000));
  EXPECT_TRUE(torch::equal(bench.model.means.detach(), before));
}

TEST(McmcStrategy, MovesAtMostHalfOfTheSplatsAtOnce) {
  Bench bench;
  bench.Kill(35);
  ASSERT_TRUE(bench.Run(1000));
  EXPECT_EQ(bench.model.count(), kCount) << "the dead come before new ones";
  EXPECT_EQ(bench.Dead(), 15);
  bench.Run(1000);
  EXPECT_EQ(bench.Dead(), 0);
  EXPECT_EQ(bench.model.count(), 42);
}

TEST(McmcStrategy, OnlyNearlyTransparentSplatsWalkAtEveryStep) {
  Bench bench;
  bench.config.mcmc.noise = 1e3;
  bench.context.step = 7;
  bench.Kill(10);
  const torch::Tensor before = bench.model.means.detach().clone();
  EXPECT_FALSE(bench.Run(1000));
  const torch::Tensor distance = (bench.model.means.detach() - before).norm(2, 1);
  EXPECT_GT(distance.slice(0, 0, 10).min().item<float>(), 0);
  EXPECT_EQ(distance.slice(0, 10).max().item<float>(), 0);
  // In other units lengths, extent and rate are ten times as large.
  Bench scaled;
  scaled.config.mcmc.noise = 1e3;
  scaled.context = {7, 10, 1e-2, &scaled.model, &scaled.optimizer, &scaled.random, &scaled.density};
  scaled.Kill(10);
  {
    const torch::NoGradGuard no_grad;
    scaled.model.means.mul_(10);
    scaled.model.log_scales.add_(std::log(10.0));
  }
  scaled.Run(1000);
  EXPECT_LT((scaled.model.means.detach() - 10 * bench.model.means.detach()).abs().max().item<float>(), 1e-4);
}

}  // namespace
}  // namespace splat::train
