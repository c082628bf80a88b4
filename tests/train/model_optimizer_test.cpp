#include "train/model_optimizer.h"
#include "tests/support/model_tensors.h"

#include <gtest/gtest.h>
#include <torch/optim/adam.h>

#include "tests/support/torch_scenes.h"

namespace splat::train {
namespace {

// LibTorch's own Adam is the reference.
TEST(ModelOptimizer, AgreesWithTorchAdam) {
  const SplatModel start = splat::testing::RandomModel(30, 2, 8);
  const LearningRates rates = {1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 6e-3};
  SplatModel ours = SelectRows(start, torch::arange(30)), theirs = SelectRows(start, torch::arange(30));
  SetRequiresGrad(ours, true);
  SetRequiresGrad(theirs, true);
  const OptimizerConfig config;
  ModelOptimizer optimizer(ours, config);
  std::vector<torch::optim::Adam> reference;
  for (int k = 0; k < kSplatArrays; ++k) {
    reference.emplace_back(std::vector<torch::Tensor>{theirs[k]},
                           torch::optim::AdamOptions(rates[k]).betas({config.beta1, config.beta2}).eps(config.epsilon));
  }
  torch::manual_seed(3);
  for (int step = 0; step < 20; ++step) {
    for (int k = 0; k < kSplatArrays; ++k) {
      const torch::Tensor grad = torch::randn_like(ours[k].detach());
      ours[k].mutable_grad() = grad;
      theirs[k].mutable_grad() = grad.clone();
      reference[k].step();
    }
    optimizer.Step(ours, rates);
  }
  // Both optimizers work in float, over twenty steps of at most the learning rate.
  constexpr double kTolerance = 2e-6;
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::allclose(ours[k].detach(), theirs[k].detach(), 0, kTolerance)) << kSplatArrayList[k].name;
  }
}

TEST(ModelOptimizer, LeavesATensorWithoutGradientAlone) {
  SplatModel model = splat::testing::RandomModel(4, 0, 8);
  const torch::Tensor before = model.means.clone();
  ModelOptimizer optimizer(model, OptimizerConfig{});
  optimizer.Step(model, {1, 1, 1, 1, 1, 1});
  EXPECT_TRUE(torch::equal(model.means, before));
}

}  // namespace
}  // namespace splat::train
