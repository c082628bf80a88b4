// Adam is applied to the model's tensors with moments that are rows beside the model's; the memory of both can grow, so
// splats can be added and removed in place.
#pragma once

#include <memory>

#include "rasterizer/torch/splat_model.h"
#include "train/learning_rates.h"
#include "train/row_block.h"
#include "train/settings/config.h"
#include "train/training_backend.h"

namespace splat::train {

// What Adam keeps of a model: a part of the training's state.
struct ModelMoments {
  int64_t step = 0;                       // updates so far
  bool colors_varied = false;             // one of them was of a degree above 0: before, all of sh_rest's are 0
  SplatArraysOf<RowBlock> first, second;  // moments, shaped as the model's tensors
};

// Returns the moments of a model that has not been updated yet.
ModelMoments ZeroMoments(const SplatModel& model);

// Which rows of a model change and what they get, on the device of the backend (PlanParams).
struct RowEdit {
  torch::Tensor from, to;  // [C] int64
  int64_t moved = 0;       // as many leading ones are moved, with their moments; the others are new
  int64_t rows = 0;        // of the model after the edit
  int64_t limit = 0;       // rows that the model will not exceed: room is made for no more
};

// Returns an edit with room for so many rows in `from` and `to`, whose contents are undefined.
RowEdit MakeRowEdit(int64_t changed, const Backend& backend);

class ModelOptimizer {
 public:
  // Works on moments that outlive it. They and the model lie on the backend's device.
  ModelOptimizer(ModelMoments& moments, const OptimizerConfig& config, const Backend& backend);
  // Works on moments of its own.
  ModelOptimizer(const SplatModel& model, const OptimizerConfig& config, const Backend& backend = CpuBackend());

  // Begins a step and describes it: parameters, moments, rates, and whether sh_rest has had no gradient up to now.
  // `sh_degree` is the active degree of this step. The caller adds the gradient (train/update.h).
  BackwardAdamParams BeginStep(SplatModel& model, const LearningRates& rates, int sh_degree);

  // Takes a whole step from gradients that autograd has left in the tensors, in place. A tensor without a gradient is
  // left alone.
  void Step(SplatModel& model, const LearningRates& rates);

  // Edits the rows of model and moments in place. `values` has [C] rows of the model, those of edit.from as they shall
  // be. The moments of new rows are zero. The model's tensors are then views of memory with room for more. All or
  // nothing is done: nothing is changed before all of the memory is there.
  void EditRows(SplatModel& model, const SplatModel& values, const RowEdit& edit);

  // Row i becomes source row rows[i], in place; `rows` is [N] int64 on the device. All or nothing is done, too.
  void PermuteRows(SplatModel& model, const torch::Tensor& rows);

  // Forgets the moments of one of the model's arrays.
  void ResetMoments(SplatArray array);

  int64_t count() const { return moments_.first.means.rows().size(0); }
  const Backend& backend() const { return backend_; }

 private:
  // Makes values_ the memory of the model's tensors, if they have been replaced by others.
  void Adopt(const SplatModel& model);

  OptimizerConfig config_;
  Backend backend_;
  std::unique_ptr<ModelMoments> own_moments_;
  ModelMoments& moments_;
  SplatArraysOf<RowBlock> values_;  // memory of the model's tensors; empty before the first edit
};

// Gathers rows of a contiguous float tensor by the backend's kernel: result[i] = from[rows[i]].
torch::Tensor GatherRows(const Backend& backend, const torch::Tensor& from, const torch::Tensor& rows);
// Gathers rows of all tensors of a model. The result has no gradients.
SplatModel GatherRows(const Backend& backend, const SplatModel& model, const torch::Tensor& rows);

}  // namespace splat::train
