// Adaptive density control after Kerbl et al. 2023, section 5: splats with a large screen-space gradient are cloned if
// small and split if large; nearly transparent and very large ones are removed; opacity is reset now and then.
#include <cmath>

#include "rasterizer/math/activation.h"
#include "rasterizer/tensor_view.h"
#include "rasterizer/torch_device.h"
#include "train/density_ops.h"
#include "train/schedule.h"
#include "train/strategy.h"

namespace splat::train {
namespace {

// On a card the splats are put into Morton order after every so many refinements: every 1,000 steps of a run of 30,000.
// Sorting moves as many bytes as Adam does in a step.
constexpr int kRefinementsPerSort = 10;

class DefaultStrategy : public Strategy {
 public:
  DefaultStrategy(const DensityConfig& config, int steps, const DensityLimits& limits)
      : config_(config), schedule_(config, steps), limits_(limits) {}

  DensityStatistics Collect(const StepContext& context) override;
  bool Update(const StepContext& context) override;

 private:
  bool Refine(const StepContext& context);
  kernels::DecideParams Decision(const StepContext& context, const torch::Tensor& fates, int64_t limit) const;
  int64_t LimitOf(int64_t count) const;

  DensityConfig config_;
  DensitySchedule schedule_;
  DensityLimits limits_;
  bool opacity_was_reset_ = false;
  int refinements_ = 0;
  DensityStatistics statistics_;
  int views_ = 0;  // that have added to the statistics
};

DensityStatistics DefaultStrategy::Collect(const StepContext& context) {
  if (!schedule_.Collects(context.step)) return {};
  const int64_t count = context.model->count();
  if (!statistics_.seen.defined() || statistics_.seen.size(0) != count) {
    const auto options = torch::TensorOptions().device(context.model->means.device());
    statistics_.gradient_sum = torch::zeros({count}, options.dtype(torch::kFloat32));
    statistics_.seen = torch::zeros({count}, options.dtype(torch::kInt32));
    statistics_.absolute = config_.absolute_gradient;
    views_ = 0;
  }
  ++views_;
  return statistics_;
}

// The most splats after a refinement of `count`: as many as let the average view see visible_per_pixel of them for each
// pixel of a photo. More would be finer than what the photos show, and cost time and memory only.
int64_t DefaultStrategy::LimitOf(int64_t count) const {
  if (config_.visible_per_pixel == 0 || views_ == 0 || !statistics_.seen.defined()) return limits_.gaussians;
  const double seen = double(statistics_.seen.sum(torch::kInt64).item<int64_t>()) / views_;
  if (seen == 0) return limits_.gaussians;
  const double fits = double(count) * config_.visible_per_pixel * double(limits_.pixels) / seen;
  return fits < double(limits_.gaussians) ? int64_t(fits) : limits_.gaussians;
}

kernels::DecideParams DefaultStrategy::Decision(const StepContext& context, const torch::Tensor& fates,
                                                int64_t limit) const {
  const SplatModel& model = *context.model;
  const int64_t count = model.count();
  const torch::Device device = model.means.device();
  kernels::DecideParams params;
  params.count = count;
  params.opacity_logits = PointerTo<float>(model.opacity_logits, {count}, "opacity_logits", device);
  params.log_scales = PointerTo<float>(model.log_scales, {count, 3}, "log_scales", device);
  if (statistics_.seen.defined()) {
    params.statistics_count = statistics_.seen.size(0);
    params.gradient_sum = PointerTo<float>(statistics_.gradient_sum, {-1}, "gradient_sum", device);
    params.seen = PointerTo<int32_t>(statistics_.seen, {-1}, "seen", device);
  }
  params.thresholds.prune_logit = math::Logit(config_.prune_opacity);
  params.thresholds.split_log_scale = std::log(config_.split_scale * context.extent);
  params.thresholds.prune_log_scale = std::log(config_.prune_scale * context.extent);
  params.thresholds.prune_large = opacity_was_reset_;
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
  const int64_t limit = LimitOf(context.model->count());
  const kernels::FateCounts counts = backend.density->decide_fates(scope.context(), Decision(context, fates, limit));
  statistics_ = {};
  ++refinements_;
  // Removing every splat would end the training for good: then nothing is removed.
  if (counts.Rows() == 0) return false;
  ApplyFates(*context.model, *context.optimizer, fates, counts, limits_.gaussians, *context.random);
  if (backend.is_device && refinements_ % kRefinementsPerSort == 0) {
    SortByMortonCode(*context.model, *context.optimizer);
  }
  return true;
}

bool DefaultStrategy::Update(const StepContext& context) {
  const bool changed = schedule_.Refines(context.step) && Refine(context);
  if (schedule_.ResetsOpacity(context.step)) {
    ResetOpacity(*context.model, *context.optimizer, config_.reset_opacity);
    opacity_was_reset_ = true;
  }
  return changed;
}

}  // namespace

std::unique_ptr<Strategy> MakeDefaultStrategy(const DensityConfig& config, int steps, const DensityLimits& limits) {
  return std::make_unique<DefaultStrategy>(config, steps, limits);
}

}  // namespace splat::train
