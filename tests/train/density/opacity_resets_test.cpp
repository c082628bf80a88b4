#include "train/density/opacity_resets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "rasterizer/math/activation.h"
#include "rasterizer/torch/render.h"
#include "tests/support/torch_scenes.h"
#include "train/density/strategies.h"

namespace splat::train {
namespace {

using splat::testing::FrontCamera;
using splat::testing::RandomModel;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Le;

DensitySchedule Schedule(int steps) {
  const DensityConfig config;
  return {config, steps, StrategyNamed(config.strategy).wanted_densifications};
}

std::vector<int> Resets(int steps, int every = AdaptiveConfig().opacity_reset_every) {
  const OpacityResets resets(every, Schedule(steps));
  std::vector<int> found;
  for (int step = 1; step <= steps; ++step) {
    if (resets.After(step)) found.push_back(step);
  }
  return found;
}

TEST(OpacityResetsTest, AreThePublishedOnesInThirtyThousandStepsAndScaleUp) {
  EXPECT_THAT(Resets(30000), ElementsAre(3000, 6000, 9000, 12000));
  EXPECT_THAT(Resets(60000), ElementsAre(6000, 12000, 18000, 24000));
}

TEST(OpacityResetsTest, AreNotInShortRunsNorWhereTheUserWantsNone) {
  EXPECT_THAT(Resets(500), IsEmpty());
  EXPECT_THAT(Resets(2000), IsEmpty());
  EXPECT_THAT(Resets(7000), IsEmpty());
  EXPECT_THAT(Resets(8000), ElementsAre(3000));
  EXPECT_THAT(Resets(30000, /*every=*/0), IsEmpty());
}

TEST(OpacityResetsTest, LeaveTimeToRecoverInEveryRun) {
  for (int steps = 100; steps <= 40000; steps += 100) {
    const std::vector<int> resets = Resets(steps);
    EXPECT_THAT(resets, Each(Le(Schedule(steps).refine_until() - steps / 10)));
    EXPECT_EQ(resets.empty(), steps < 7500) << steps;
    for (size_t i = 1; i < resets.size(); ++i) ASSERT_GE(resets[i] - resets[i - 1], 3000) << steps;
  }
}

TEST(ResetOpacityTest, CutsHighOpacitiesOnlyAndForgetsTheirMoments) {
  SplatModel model = RandomModel(6, 1, 4);
  ModelMoments moments = ZeroMoments(model);
  ModelOptimizer optimizer(moments, OptimizerConfig{}, CpuBackend());
  SetRequiresGrad(model, true);
  Render(model, FrontCamera(40, 40), {}).image.square().sum().backward();
  optimizer.Step(model, {1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3});
  {
    const torch::NoGradGuard no_grad;
    model.opacity_logits[0] = -9;
    model.opacity_logits[1] = 3;
  }
  ASSERT_TRUE(moments.first.opacity_logits.rows().any().item<bool>());
  ResetOpacity(model, optimizer, 0.01);
  EXPECT_FLOAT_EQ(model.opacity_logits[0].item<float>(), -9);
  EXPECT_NEAR(math::Sigmoid(model.opacity_logits[1].item<float>()), 0.01, 1e-6);
  EXPECT_FALSE(moments.first.opacity_logits.rows().any().item<bool>());
  EXPECT_FALSE(moments.second.opacity_logits.rows().any().item<bool>());
  EXPECT_TRUE(moments.second.means.rows().any().item<bool>()) << "those of the other arrays stay";
}

}  // namespace
}  // namespace splat::train
