#include "train/model_optimizer.h"

#include "core/check.h"
#include "rasterizer/tensor_view.h"
#include "rasterizer/torch_device.h"
#include "train/schedule.h"

namespace splat::train {

LearningRates LearningRatesAt(const OptimizerConfig& config, double extent, int step, int steps) {
  return {extent * MeansLearningRate(config, step, steps),
          config.log_scales_lr,
          config.quats_lr,
          config.opacity_logits_lr,
          config.sh_dc_lr,
          config.sh_rest_lr};
}

ModelOptimizer::ModelOptimizer(const SplatModel& model, const OptimizerConfig& config, const Backend& backend)
    : config_(config), backend_(backend) {
  const auto tensors = model.Tensors();
  for (size_t i = 0; i < tensors.size(); ++i) {
    first_[i] = torch::zeros_like(tensors[i]->detach());
    second_[i] = torch::zeros_like(tensors[i]->detach());
  }
}

kernels::BackwardAdamParams ModelOptimizer::BeginStep(SplatModel& model, const LearningRates& rates) {
  static_assert(kernels::kSplatGroups == 6, "the groups are the tensors of SplatModel, in its order");
  ++step_;
  kernels::BackwardAdamParams params;
  const auto tensors = model.Tensors();
  for (size_t i = 0; i < tensors.size(); ++i) {
    SPLAT_CHECK(tensors[i]->sizes() == first_[i].sizes(), SplatModel::Names()[i],
                ": moments and parameters disagree in shape");
    const auto pointer = [](const torch::Tensor& t) { return t.numel() > 0 ? t.data_ptr<float>() : nullptr; };
    params.value[i] = pointer(*tensors[i]);
    params.first[i] = pointer(first_[i]);
    params.second[i] = pointer(second_[i]);
    params.learning_rates[i] = rates[i];
  }
  params.backward.forward.splats.count = model.count();
  params.backward.forward.splats.sh_rest_count = model.sh_rest_count();
  params.beta1 = config_.beta1;
  params.beta2 = config_.beta2;
  params.epsilon = config_.epsilon;
  params.step = step_;
  return params;
}

void ModelOptimizer::Step(SplatModel& model, const LearningRates& rates) {
  const kernels::BackwardAdamParams step = BeginStep(model, rates);
  const StageScope scope(backend_.device);
  const auto tensors = model.Tensors();
  for (size_t i = 0; i < tensors.size(); ++i) {
    const torch::Tensor& grad = tensors[i]->grad();
    if (!grad.defined() || grad.numel() == 0) continue;
    SPLAT_CHECK(grad.is_contiguous() && grad.sizes() == first_[i].sizes(), SplatModel::Names()[i],
                ": moments and gradient disagree in shape");
    backend_.train->adam(scope.context(), kernels::GroupAdamParams(step, int(i), 0, count(), grad.data_ptr<float>()));
  }
}

void ModelOptimizer::SelectRows(const torch::Tensor& rows, int64_t fresh_from) {
  std::array<torch::Tensor, 6> first, second;
  for (size_t i = 0; i < first.size(); ++i) {
    first[i] = GatherRows(backend_, first_[i], rows, fresh_from);
    second[i] = GatherRows(backend_, second_[i], rows, fresh_from);
  }
  first_ = first;
  second_ = second;
}

void ModelOptimizer::ResetMoments(int tensor) {
  first_[size_t(tensor)].zero_();
  second_[size_t(tensor)].zero_();
}

torch::Tensor GatherRows(const Backend& backend, const torch::Tensor& from, const torch::Tensor& rows,
                         int64_t zero_from) {
  std::vector<int64_t> shape = from.sizes().vec();
  shape[0] = rows.size(0);
  torch::Tensor to = torch::empty(shape, from.options().requires_grad(false));
  if (to.numel() == 0) return to;
  const StageScope scope(backend.device);
  kernels::GatherParams params;
  params.from = from.data_ptr<float>();
  params.width = to.numel() / shape[0];
  params.rows = PointerTo<int64_t>(rows, {-1}, "rows", backend.device);
  params.row_count = shape[0];
  params.zero_from = zero_from;
  params.to = to.data_ptr<float>();
  backend.density->gather_rows(scope.context(), params);
  return to;
}

}  // namespace splat::train
