// Adam over the model's six tensors. Owns the moments as rows beside the model's, so that splats can be added and
// removed.
#pragma once

#include <array>

#include "rasterizer/splat_model.h"
#include "train/backend.h"
#include "train/config.h"

namespace splat::train {

// Learning rate of each tensor, in the order of SplatModel::Tensors().
using LearningRates = std::array<double, 6>;

// The rates at a step: only that of the means changes, see train/schedule.h.
LearningRates LearningRatesAt(const OptimizerConfig& config, double extent, int step, int steps);

class ModelOptimizer {
 public:
  // The model lies on the backend's device.
  ModelOptimizer(const SplatModel& model, const OptimizerConfig& config, const Backend& backend = CpuBackend());

  // Begins a step and describes it: parameters, moments, rates. The caller adds the gradient and hands it to the
  // backend's backward_and_adam.
  kernels::BackwardAdamParams BeginStep(SplatModel& model, const LearningRates& rates);

  // A whole step from gradients that autograd has left in the tensors, in place; a tensor without a gradient is left
  // alone.
  void Step(SplatModel& model, const LearningRates& rates);

  // The moments of row i become those of source row rows[i], and zero from row `fresh_from` on. rows: [M] int64 on the
  // device. All or nothing: what exists is replaced once all of the new rows are there.
  void SelectRows(const torch::Tensor& rows, int64_t fresh_from);

  // Forgets the moments of one tensor (0 ... 5).
  void ResetMoments(int tensor);

  int64_t count() const { return first_[0].size(0); }
  const Backend& backend() const { return backend_; }

 private:
  OptimizerConfig config_;
  Backend backend_;
  int64_t step_ = 0;
  std::array<torch::Tensor, 6> first_, second_;  // shaped as the model's tensors
};

// Rows of a contiguous float tensor by the backend's kernel: result[i] = from[rows[i]], and zero from row `zero_from`
// on.
torch::Tensor GatherRows(const Backend& backend, const torch::Tensor& from, const torch::Tensor& rows,
                         int64_t zero_from);

}  // namespace splat::train
