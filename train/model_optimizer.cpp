#include "train/model_optimizer.h"

#include <algorithm>

#include "core/check.h"
#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::train {
namespace {

void GatherRowsTo(const Backend& backend, const torch::Tensor& from, const torch::Tensor& rows,
                  const torch::Tensor& to) {
  if (to.numel() == 0) return;
  const StageScope scope(backend.device);
  GatherParams params;
  params.from = from.data_ptr<float>();
  params.width = to.numel() / to.size(0);
  params.rows = PointerTo<int64_t>(rows, {to.size(0)}, "rows", backend.device);
  params.row_count = to.size(0);
  params.to = to.data_ptr<float>();
  backend.density.gather_rows(scope.context(), params);
}

// Writes the edit's rows to a block that has room for them; behind the rows of `from` they are zero.
void ScatterRows(const Backend& backend, const torch::Tensor& from, const RowEdit& edit, RowBlock& block) {
  block.SetCount(edit.rows);
  const torch::Tensor& to = block.rows();
  if (to.numel() == 0) return;
  const StageScope scope(backend.device);
  ScatterParams params;
  params.from = from.numel() > 0 ? from.data_ptr<float>() : nullptr;
  params.from_count = from.size(0);
  params.width = to.numel() / to.size(0);
  params.rows = PointerTo<int64_t>(edit.to, {-1}, "rows", backend.device);
  params.row_count = edit.to.size(0);
  params.to = to.data_ptr<float>();
  backend.density.scatter_rows(scope.context(), params);
}

}  // namespace

ModelMoments ZeroMoments(const SplatModel& model) {
  ModelMoments moments;
  for (int i = 0; i < kSplatArrays; ++i) {
    moments.first[i] = RowBlock(torch::zeros_like(model[i].detach()));
    moments.second[i] = RowBlock(torch::zeros_like(model[i].detach()));
  }
  return moments;
}

RowEdit MakeRowEdit(int64_t changed, const Backend& backend) {
  const auto options = torch::TensorOptions().dtype(torch::kInt64).device(backend.device);
  RowEdit edit;
  edit.from = torch::empty({changed}, options);
  edit.to = torch::empty({changed}, options);
  return edit;
}

ModelOptimizer::ModelOptimizer(ModelMoments& moments, const OptimizerConfig& config, const Backend& backend)
    : config_(config), backend_(backend), moments_(moments) {}

ModelOptimizer::ModelOptimizer(const SplatModel& model, const OptimizerConfig& config, const Backend& backend)
    : config_(config),
      backend_(backend),
      own_moments_(std::make_unique<ModelMoments>(ZeroMoments(model))),
      moments_(*own_moments_) {}

BackwardAdamParams ModelOptimizer::BeginStep(SplatModel& model, const LearningRates& rates, int sh_degree) {
  ++moments_.step;
  moments_.colors_varied = moments_.colors_varied || sh_degree > 0;
  BackwardAdamParams params;
  for (int i = 0; i < kSplatArrays; ++i) {
    SPLAT_CHECK(model[i].sizes() == moments_.first[i].rows().sizes(), kSplatArrayList[i].name,
                ": moments and parameters disagree in shape");
    const auto pointer = [](const torch::Tensor& t) { return t.numel() > 0 ? t.data_ptr<float>() : nullptr; };
    params.value[i] = pointer(model[i]);
    params.first[i] = pointer(moments_.first[i].rows());
    params.second[i] = pointer(moments_.second[i].rows());
    params.learning_rates[i] = rates[i];
  }
  params.backward.forward.splats.count = model.count();
  params.backward.forward.splats.sh_rest_count = model.sh_rest_count();
  params.beta1 = config_.beta1;
  params.beta2 = config_.beta2;
  params.epsilon = config_.epsilon;
  params.step = moments_.step;
  params.skip_sh_rest = !moments_.colors_varied;
  return params;
}

void ModelOptimizer::Step(SplatModel& model, const LearningRates& rates) {
  const BackwardAdamParams step = BeginStep(model, rates, model.max_sh_degree());
  const StageScope scope(backend_.device);
  for (int i = 0; i < kSplatArrays; ++i) {
    const torch::Tensor& grad = model[i].grad();
    if (!grad.defined() || grad.numel() == 0) continue;
    SPLAT_CHECK(grad.is_contiguous() && grad.sizes() == moments_.first[i].rows().sizes(), kSplatArrayList[i].name,
                ": moments and gradient disagree in shape");
    backend_.update.adam(scope.context(), GroupAdamParams(step, i, 0, count(), grad.data_ptr<float>()));
  }
}

void ModelOptimizer::Adopt(const SplatModel& model) {
  for (int i = 0; i < kSplatArrays; ++i) {
    const torch::Tensor& rows = values_[i].rows();
    const bool known = rows.defined() && rows.data_ptr() == model[i].data_ptr() && rows.sizes() == model[i].sizes();
    if (!known) values_[i] = RowBlock(model[i].detach());
  }
}

void ModelOptimizer::EditRows(SplatModel& model, const SplatModel& values, const RowEdit& edit) {
  SplatArraysOf<torch::Tensor> first, second;
  const torch::Tensor moved = edit.from.narrow(0, 0, edit.moved);
  for (int i = 0; i < kSplatArrays; ++i) {
    first[i] = GatherRows(backend_, moments_.first[i].rows(), moved);
    second[i] = GatherRows(backend_, moments_.second[i].rows(), moved);
  }
  Adopt(model);
  for (int i = 0; i < kSplatArrays; ++i) {
    values_[i].Reserve(edit.rows, edit.limit);
    const bool requires_grad = model[i].requires_grad();
    model[i] = values_[i].rows().detach().requires_grad_(requires_grad);  // lets go of the smaller block
    moments_.first[i].Reserve(edit.rows, edit.limit);
    moments_.second[i].Reserve(edit.rows, edit.limit);
  }
  for (int i = 0; i < kSplatArrays; ++i) {
    ScatterRows(backend_, values[i], edit, values_[i]);
    ScatterRows(backend_, first[i], edit, moments_.first[i]);
    ScatterRows(backend_, second[i], edit, moments_.second[i]);
    model[i] = values_[i].rows().detach().requires_grad_(model[i].requires_grad());
  }
}

void ModelOptimizer::PermuteRows(SplatModel& model, const torch::Tensor& rows) {
  Adopt(model);
  // One array for all of them, before any is changed.
  int64_t widest = 0;
  for (int i = 0; i < kSplatArrays; ++i) widest = std::max(widest, values_[i].rows().numel());
  const torch::Tensor memory = torch::empty({widest}, model.means.options().requires_grad(false));
  for (const auto* blocks : {&values_, &moments_.first, &moments_.second}) {
    for (int i = 0; i < kSplatArrays; ++i) {
      torch::Tensor target = (*blocks)[i].rows();
      const torch::Tensor permuted = memory.narrow(0, 0, target.numel()).view(target.sizes());
      GatherRowsTo(backend_, target, rows, permuted);
      target.copy_(permuted);
    }
  }
}

void ModelOptimizer::ResetMoments(SplatArray array) {
  for (const auto* moments : {&moments_.first, &moments_.second}) {
    torch::Tensor rows = (*moments)[array].rows();
    rows.zero_();
  }
}

torch::Tensor GatherRows(const Backend& backend, const torch::Tensor& from, const torch::Tensor& rows) {
  std::vector<int64_t> shape = from.sizes().vec();
  shape[0] = rows.size(0);
  torch::Tensor to = torch::empty(shape, from.options().requires_grad(false));
  GatherRowsTo(backend, from, rows, to);
  return to;
}

SplatModel GatherRows(const Backend& backend, const SplatModel& model, const torch::Tensor& rows) {
  SplatModel gathered;
  for (int array = 0; array < kSplatArrays; ++array) gathered[array] = GatherRows(backend, model[array].detach(), rows);
  return gathered;
}

}  // namespace splat::train
