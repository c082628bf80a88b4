#include "train/density_ops.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/activation.h"
#include "rasterizer/render.h"
#include "tests/support/torch_scenes.h"

namespace splat::train {
namespace {

using splat::testing::FrontCamera;
using splat::testing::RandomModel;

// A model whose optimiser has taken one step, so that the moments are not zero.
struct State {
  SplatModel model = RandomModel(6, 1, 4);
  ModelOptimizer optimizer{model, OptimizerConfig{}};
  Random random{9};

  State() {
    SetRequiresGrad(model, true);
    Step();
  }
  void Step() {
    for (torch::Tensor* tensor : model.Tensors()) tensor->mutable_grad() = torch::Tensor();
    Render(model, FrontCamera(40, 40), {}).image.square().sum().backward();
    optimizer.Step(model, {1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3});
  }
};

TEST(DensityOps, KeepingAllChangesNothing) {
  State state;
  const torch::Tensor before = state.model.means.detach().clone();
  ApplyFates(state.model, state.optimizer, std::vector<SplatFate>(6, SplatFate::kKeep), state.random);
  EXPECT_TRUE(torch::equal(state.model.means.detach(), before));
}

TEST(DensityOps, RemovingASplatThatIsNotSeenLeavesThePicture) {
  State state;
  {
    const torch::NoGradGuard no_grad;
    state.model.means[2][2] = -5;  // behind the camera
  }
  const torch::Tensor before = Render(state.model, FrontCamera(40, 40), {}).image.detach();
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[2] = SplatFate::kRemove;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  EXPECT_EQ(state.model.count(), 5);
  EXPECT_EQ(state.optimizer.count(), 5);
  EXPECT_TRUE(torch::equal(Render(state.model, FrontCamera(40, 40), {}).image.detach(), before));
}

TEST(DensityOps, CloneAddsAnEqualSplatAtTheEnd) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[3] = SplatFate::kClone;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  ASSERT_EQ(state.model.count(), 7);
  for (const torch::Tensor* tensor : state.model.Tensors()) EXPECT_TRUE(torch::equal((*tensor)[3], (*tensor)[6]));
}

TEST(DensityOps, SplitReplacesTheParentByTwoSmallerOnesNearIt) {
  State state;
  const SplatModel before = SelectRows(state.model, torch::arange(6));
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[0] = SplatFate::kSplit;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  ASSERT_EQ(state.model.count(), 7);
  EXPECT_TRUE(torch::equal(state.model.means[0].detach(), before.means[1]));
  const double largest = std::exp(before.log_scales[0].max().item<float>());
  for (const int64_t child : {5, 6}) {
    const torch::Tensor shrunk = before.log_scales[0] - std::log(kSplitShrink);
    EXPECT_TRUE(torch::allclose(state.model.log_scales[child].detach(), shrunk));
    const double distance = (state.model.means[child].detach() - before.means[0]).norm().item<double>();
    EXPECT_GT(distance, 0);
    EXPECT_LT(distance, 6 * largest);  // six standard deviations
  }
  EXPECT_FALSE(torch::equal(state.model.means[5], state.model.means[6]));
}

// The generator goes on as if each child's numbers had been drawn from it.
TEST(DensityOps, EachChildTakesThreeNormalsOfTheGenerator) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kClone);
  fates[1] = fates[4] = SplatFate::kSplit;
  Random expected = state.random;
  for (int draw = 0; draw < 4 * 3; ++draw) expected.Normal();
  ApplyFates(state.model, state.optimizer, fates, state.random);
  EXPECT_EQ(state.random.state(), expected.state());
}

// A kept row goes on with its moments, a new one starts afresh: after an edit that only re-orders, training goes on
// equally.
TEST(DensityOps, MomentsStayWithTheirSplats) {
  State plain, edited;
  {
    // Splat 0 is removed from both; `plain` never hears of it through its picture.
    const torch::NoGradGuard no_grad;
    plain.model.means[0][2] = -5;
    edited.model.means[0][2] = -5;
  }
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[0] = SplatFate::kRemove;
  ApplyFates(edited.model, edited.optimizer, fates, edited.random);
  plain.Step();
  edited.Step();
  for (size_t k = 0; k < 6; ++k) {
    EXPECT_TRUE(torch::equal(edited.model.Tensors()[k]->detach(), plain.model.Tensors()[k]->detach().slice(0, 1)))
        << SplatModel::Names()[k];
  }
}

TEST(DensityOps, ResetCutsHighOpacitiesOnly) {
  State state;
  {
    const torch::NoGradGuard no_grad;
    state.model.opacity_logits[0] = -9;
    state.model.opacity_logits[1] = 3;
  }
  ResetOpacity(state.model, state.optimizer, 0.01);
  EXPECT_FLOAT_EQ(state.model.opacity_logits[0].item<float>(), -9);
  EXPECT_NEAR(math::Sigmoid(state.model.opacity_logits[1].item<float>()), 0.01, 1e-6);
}

}  // namespace
}  // namespace splat::train
