// Adam over the model's six tensors. Owns the moments as rows beside the model's, so that splats can be added and
// removed.
#pragma once

#include <array>

#include "rasterizer/splat_model.h"
#include "train/config.h"

namespace splat::train {

// Learning rate of each tensor, in the order of SplatModel::Tensors().
using LearningRates = std::array<double, 6>;

// The rates at a step: only that of the means changes, see train/schedule.h.
LearningRates LearningRatesAt(const OptimizerConfig& config, double extent, int step, int steps);

class ModelOptimizer {
 public:
  ModelOptimizer(const SplatModel& model, const OptimizerConfig& config);

  // One step from the tensors' gradients, in place; a tensor without a gradient is left alone.
  void Step(SplatModel& model, const LearningRates& rates);

  // The moments of row i become those of source row rows[i], or zero where fresh[i]. rows, fresh: [M] int64, bool.
  void SelectRows(const torch::Tensor& rows, const torch::Tensor& fresh);

  // Forgets the moments of one tensor (0 ... 5).
  void ResetMoments(int tensor);

  int64_t count() const { return first_[0].size(0); }

 private:
  OptimizerConfig config_;
  int64_t step_ = 0;
  std::array<torch::Tensor, 6> first_, second_;  // shaped as the model's tensors
};

}  // namespace splat::train
