// Our Adam against LibTorch's, which is an independent implementation of the same update.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <vector>

#include "core/parallel.h"
#include "core/random.h"
#include "train/kernels/update/adam.h"

namespace splat::train {
namespace {

constexpr int kSize = 1000;
constexpr int kSteps = 300;
// Relative to the distance travelled, a few hundred float roundings in another order.
constexpr double kTolerance = 2e-5;

TEST(AdamTorchTest, FollowsTorchOverHundredsOfStepsWithAFallingRate) {
  std::vector<float> value(kSize, 0.5f), grad(kSize), first(kSize), second(kSize);
  torch::Tensor parameter = torch::full({kSize}, 0.5f);
  parameter.mutable_grad() = torch::zeros({kSize});
  torch::optim::AdamOptions options(0.01);
  options.betas({0.9, 0.999}).eps(1e-15);
  torch::optim::Adam theirs({parameter}, options);
  SerialExecutor executor;
  Random random(11);
  for (int step = 1; step <= kSteps; ++step) {
    const double rate = 0.01 * std::pow(0.99, step);
    for (int i = 0; i < kSize; ++i) {
      grad[i] = float(random.Normal() * std::pow(10.0, double(i % 8) - 6));  // from 1e-6 to 10
    }
    parameter.mutable_grad() = torch::from_blob(grad.data(), {kSize}).clone();
    AdamParams params;
    params.size = kSize;
    params.value = value.data();
    params.grad = grad.data();
    params.first = first.data();
    params.second = second.data();
    params.learning_rate = rate;
    params.step = step;
    AdamStep(executor, params);
    static_cast<torch::optim::AdamOptions&>(theirs.param_groups()[0].options()).lr(rate);
    theirs.step();
  }
  const float* expected = parameter.data_ptr<float>();
  double moved = 0;
  for (int i = 0; i < kSize; ++i) {
    ASSERT_NEAR(value[i], expected[i], kTolerance) << i;
    moved = std::max(moved, std::abs(value[i] - 0.5));
  }
  EXPECT_GT(moved, 0.1);
}

}  // namespace
}  // namespace splat::train
