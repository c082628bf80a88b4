// This header holds everything that a training step changes, and what it needs: a random model and a view of it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tests/support/torch_scenes.h"
#include "train/train_step.h"

namespace splat::testing {

// A backend whose tensors lie in the process's memory.
inline train::Backend EmulatedGpu() {
  return {train::emulated::DeviceKernels(), torch::kCPU};
}

struct StepBench {
  SplatModel model = RandomModel(300, 1, 5);
  train::ModelMoments moments = train::ZeroMoments(model);
  train::ModelOptimizer optimizer;
  train::TrainStep step;
  train::StepInput input;

  explicit StepBench(const train::Backend& backend, train::LossTerms terms = {},
                     std::unique_ptr<train::Update> update = nullptr)
      : optimizer(moments, train::OptimizerConfig{}, backend), step(backend, std::move(terms), std::move(update)) {
    input.rates = {1e-3, 1e-3, 1e-3, 1e-2, 1e-2, 1e-3};
    input.statistics.gradient_sum = torch::zeros({model.count()});
    input.statistics.seen = torch::zeros({model.count()}, torch::kInt32);
    SetView(50, 35);
  }
  void SetView(int width, int height) {
    torch::manual_seed(width);
    input.target = {FrontCamera(width, height),
                    torch::randint(256, {height, width, 3}, torch::TensorOptions(torch::kUInt8))};
  }
  void Run() {
    const torch::NoGradGuard no_grad;
    step.Run(model, optimizer, input);
  }
  void AddView() {
    const torch::NoGradGuard no_grad;
    step.AddView(model, input);
  }
};

inline void ExpectEqualBits(const SplatModel& a, const SplatModel& b) {
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::equal(a[k], b[k])) << kSplatArrayList[k].name;
  }
}

inline void ExpectEqualBits(const train::ModelMoments& a, const train::ModelMoments& b) {
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.colors_varied, b.colors_varied);
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::equal(a.first[k].rows(), b.first[k].rows())) << kSplatArrayList[k].name;
    EXPECT_TRUE(torch::equal(a.second[k].rows(), b.second[k].rows())) << kSplatArrayList[k].name;
  }
}

}  // namespace splat::testing
