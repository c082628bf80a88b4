// Adaptive density control after Kerbl et al. 2023, section 5: splats with a large screen-space gradient are cloned if
// small and split if large; nearly transparent and very large ones are removed; opacity is reset now and then.
#include <cmath>

#include "rasterizer/math/activation.h"
#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"
#include "train/density/density_ops.h"
#include "train/density/strategy.h"
#include "train/schedule.h"

namespace splat::train {
namespace {

class DefaultStrategy : public Strategy {
 public:
  DefaultStrategy(const DensityConfig& config, int steps, const DensityLimits& limits)
      : config_(config), schedule_(config, steps), limits_(limits) {}

  DensityStatistics Collect(const StepContext& context) override;
  bool Update(const StepContext& context) override;

 private:
  bool Refine(const StepContext& context);
  DecideParams Decision(const StepContext& context, const torch::Tensor& fates, int64_t limit) const;

  DensityConfig config_;
  DensitySchedule schedule_;
  DensityLimits limits_;
};

DensityStatistics DefaultStrategy::Collect(const StepContext& context) {
  if (!schedule_.Collects(context.step)) return {};
  return StatisticsForNextView(*context.density, *context.model, config_.absolute_gradient);
}

DecideParams DefaultStrategy::Decision(const StepContext& context, const torch::Tensor& fates, int64_t limit) const {
  const SplatModel& model = *context.model;
  const int64_t count = model.count();
  const torch::Device device = model.means.device();
  DecideParams params;
  params.count = count;
  params.opacity_logits = PointerTo<float>(model.opacity_logits, {count}, "opacity_logits", device);
  params.log_scales = PointerTo<float>(model.log_scales, {count, 3}, "log_scales", device);
  if (const DensityStatistics& statistics = context.density->statistics; statistics.seen.defined()) {
    params.statistics_count = statistics.seen.size(0);
    params.gradient_sum = PointerTo<float>(statistics.gradient_sum, {-1}, "gradient_sum", device);
    params.seen = PointerTo<int32_t>(statistics.seen, {-1}, "seen", device);
  }
  params.thresholds.prune_logit = math::Logit(config_.prune_opacity);
  params.thresholds.split_log_scale = std::log(config_.split_scale * context.extent);
  params.thresholds.prune_log_scale = std::log(config_.prune_scale * context.extent);
  params.thresholds.prune_large = context.density->opacity_was_reset;
  params.thresholds.grad_threshold = config_.grad_threshold;
  params.max_gaussians = limit;
  params.fates = PointerTo<uint8_t>(fates, {count}, "fates", device);
  return params;
}

bool DefaultStrategy::Refine(const StepContext& context) {
  const Backend& backend = context.optimizer->backend();
  const torch::Tensor fates =
      torch::empty({context.model->count()}, torch::TensorOptions().dtype(torch::kUInt8).device(backend.device));
  const StageScope scope(backend.device);
  DensityState& density = *context.density;
  const int64_t limit = MostSplatsAfterRefinement(density, context.model->count(), config_.visible_per_pixel, limits_);
  const FateCounts counts = backend.density->decide_fates(scope.context(), Decision(context, fates, limit));
  ClearStatistics(density);
  ++density.refinements;
  // Removing every splat would end the training for good: then nothing is removed.
  if (counts.Rows() == 0) return false;
  ApplyFates(*context.model, *context.optimizer, fates, counts, limits_.gaussians, *context.random);
  if (SortsAfter(density.refinements, backend)) SortByMortonCode(*context.model, *context.optimizer);
  return true;
}

bool DefaultStrategy::Update(const StepContext& context) {
  const bool changed = schedule_.Refines(context.step) && Refine(context);
  if (schedule_.ResetsOpacity(context.step)) {
    ResetOpacity(*context.model, *context.optimizer, config_.reset_opacity);
    context.density->opacity_was_reset = true;
  }
  return changed;
}

}  // namespace

std::unique_ptr<Strategy> MakeStrategy(const DensityConfig& config, int steps, const DensityLimits& limits) {
  return config.strategy == kMcmc ? MakeMcmcStrategy(config, steps, limits)
                                  : MakeDefaultStrategy(config, steps, limits);
}

std::unique_ptr<Strategy> MakeDefaultStrategy(const DensityConfig& config, int steps, const DensityLimits& limits) {
  return std::make_unique<DefaultStrategy>(config, steps, limits);
}

}  // namespace splat::train
