#include "train/density/relocation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/activation.h"
#include "rasterizer/torch/render.h"
#include "tests/support/model_tensors.h"
#include "tests/support/stepped_model.h"
#include "tests/support/torch_scenes.h"

namespace splat::train {
namespace {

using splat::testing::FrontCamera;
using splat::testing::RandomModel;
using State = splat::testing::SteppedModel;

// The step depends on the moments alone where all gradients are equal: those of sources and targets are gone.
TEST(Relocation, SplatsAndTheirSourcesBeginWithoutMoments) {
  State state;
  {
    const torch::NoGradGuard no_grad;
    state.model.opacity_logits.fill_(-30);  // nearly no chance to be drawn, though alive
    state.model.opacity_logits[1] = -90;    // dead
    state.model.opacity_logits[4] = 2;
  }
  const torch::Tensor before_edit = state.model.means.detach().clone();
  RelocationGoal goal;
  goal.rows = goal.limit = 8;
  goal.dead_opacity = 1e-30;
  ASSERT_TRUE(Relocate(state.model, state.optimizer, goal, state.random));
  ASSERT_EQ(state.model.count(), 8);
  ASSERT_EQ(state.optimizer.count(), 8);
  for (const int64_t row : {1, 4, 6, 7}) {
    EXPECT_TRUE(torch::equal(state.model.means[row].detach(), before_edit[4])) << row;
    EXPECT_NEAR(math::Sigmoid(double(state.model.opacity_logits[row].item<float>())),
                1 - std::pow(1 - math::Sigmoid(2.0), 0.25), 1e-6);
  }
  for (torch::Tensor* tensor : TensorsOf(state.model)) tensor->mutable_grad() = torch::ones_like(*tensor);
  const torch::Tensor before = state.model.means.detach().clone();
  state.optimizer.Step(state.model, {1, 1, 1, 1, 1, 1});
  const torch::Tensor step = (state.model.means.detach() - before).abs().amax(1);
  for (const int64_t row : {1, 4, 6}) EXPECT_FLOAT_EQ(step[row].item<float>(), step[7].item<float>()) << row;
  EXPECT_NE(step[0].item<float>(), step[7].item<float>());
}

// The ray through the middle of a splat, seen from the front, lets as much light through as before.
TEST(Relocation, LeavesTheMiddleOfTheImageAsItWas) {
  SplatModel model = RandomModel(2, 0, 1);
  const torch::NoGradGuard no_grad;
  const Camera camera = FrontCamera(41, 41);
  model.means.zero_();
  model.means.select(1, 2).fill_(4);
  model.means[1][2] = -5;  // the dead one lies behind the camera
  model.log_scales.fill_(-1);
  model.opacity_logits[0] = 1.5f;
  model.opacity_logits[1] = -20;
  ModelOptimizer optimizer(model, OptimizerConfig{});
  const torch::Tensor before = Render(model, camera, {}).image.clone();
  Random random(3);
  RelocationGoal goal;
  goal.rows = goal.limit = 2;
  goal.dead_opacity = 0.005;
  ASSERT_TRUE(Relocate(model, optimizer, goal, random));
  const torch::Tensor after = Render(model, camera, {}).image;
  EXPECT_GT(before[20][20].max().item<float>(), 0.1);
  EXPECT_LT((after[20][20] - before[20][20]).abs().max().item<float>(), 0.02);
  EXPECT_LT((after - before).abs().mean().item<float>(), 0.02);
}

}  // namespace
}  // namespace splat::train
