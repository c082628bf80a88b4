#include "train/model_optimizer.h"

#include "core/check.h"
#include "rasterizer/process_executor.h"
#include "train/kernels/adam.h"
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

ModelOptimizer::ModelOptimizer(const SplatModel& model, const OptimizerConfig& config) : config_(config) {
  const auto tensors = model.Tensors();
  for (size_t i = 0; i < tensors.size(); ++i) {
    first_[i] = torch::zeros_like(tensors[i]->detach());
    second_[i] = torch::zeros_like(tensors[i]->detach());
  }
}

void ModelOptimizer::Step(SplatModel& model, const LearningRates& rates) {
  ++step_;
  const auto tensors = model.Tensors();
  for (size_t i = 0; i < tensors.size(); ++i) {
    const torch::Tensor& grad = tensors[i]->grad();
    if (!grad.defined() || grad.numel() == 0) continue;
    SPLAT_CHECK(grad.is_contiguous() && grad.sizes() == first_[i].sizes(), SplatModel::Names()[i],
                ": moments and gradient disagree in shape");
    kernels::AdamParams params;
    params.size = grad.numel();
    params.value = tensors[i]->data_ptr<float>();
    params.grad = grad.data_ptr<float>();
    params.first = first_[i].data_ptr<float>();
    params.second = second_[i].data_ptr<float>();
    params.learning_rate = rates[i];
    params.beta1 = config_.beta1;
    params.beta2 = config_.beta2;
    params.epsilon = config_.epsilon;
    params.step = step_;
    kernels::AdamStep(ProcessExecutor(), params);
  }
}

void ModelOptimizer::SelectRows(const torch::Tensor& rows, const torch::Tensor& fresh) {
  for (auto* moments : {&first_, &second_}) {
    for (torch::Tensor& tensor : *moments) {
      tensor = tensor.index_select(0, rows);
      std::vector<int64_t> shape(size_t(tensor.dim()), 1);
      shape[0] = rows.size(0);
      if (tensor.numel() > 0) tensor.masked_fill_(fresh.view(shape), 0);
    }
  }
}

void ModelOptimizer::ResetMoments(int tensor) {
  first_[size_t(tensor)].zero_();
  second_[size_t(tensor)].zero_();
}

}  // namespace splat::train
