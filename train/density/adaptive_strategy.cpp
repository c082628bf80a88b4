// Adaptive densification after Kerbl et al. 2023, section 5: splats with a large screen-space gradient are cloned if
// small and split if large; nearly transparent and very large ones are removed; opacity is reset now and then.
#include <cmath>

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"
#include "train/density/apply_fates.h"
#include "train/density/morton_sort.h"
#include "train/density/opacity_resets.h"
#include "train/density/strategies.h"
#include "train/density/strategy.h"
#include "train/schedule.h"
#include "train/sky_shell.h"

namespace splat::train {
namespace {

class AdaptiveStrategy : public Strategy {
 public:
  AdaptiveStrategy(const DensityConfig& config, const DensitySchedule& schedule, const DensityLimits& limits)
      : config_(config), schedule_(schedule), resets_(config.adaptive.opacity_reset_every, schedule), limits_(limits) {}

  DensityStatistics Collect(const StepContext& context) override;
  bool Update(const StepContext& context) override;

 private:
  bool Densify(const StepContext& context);
  DecideParams Decision(const StepContext& context, const torch::Tensor& fates, int64_t limit) const;

  DensityConfig config_;
  DensitySchedule schedule_;
  OpacityResets resets_;
  DensityLimits limits_;
};

DensityStatistics AdaptiveStrategy::Collect(const StepContext& context) {
  if (!schedule_.Collects(context.step)) return {};
  return StatisticsForNextView(*context.density, *context.model, config_.adaptive.absolute_gradient);
}

DecideParams AdaptiveStrategy::Decision(const StepContext& context, const torch::Tensor& fates, int64_t limit) const {
  const SplatModel& model = *context.model;
  const torch::Device device = model.means.device();
  DecideParams params;
  params.splats = SplatsViewOf(model);
  if (const DensityStatistics& statistics = context.density->statistics; statistics.seen.defined()) {
    params.statistics_count = statistics.seen.size(0);
    params.gradient_sum = PointerTo<float>(statistics.gradient_sum, {-1}, "gradient_sum", device);
    params.seen = PointerTo<int32_t>(statistics.seen, {-1}, "seen", device);
  }
  params.thresholds.prune_logit = float(math::Logit(config_.prune_opacity));
  params.thresholds.split_log_scale = std::log(config_.adaptive.split_scale * context.extent);
  params.thresholds.prune_log_scale = std::log(config_.adaptive.prune_scale * context.extent);
  params.thresholds.prune_large = config_.adaptive.prune_scale > 0 && context.density->opacity_was_reset;
  const double far = BeyondScene(context.extent);
  params.thresholds.far_squared = far * far;
  params.thresholds.grad_threshold = config_.adaptive.grad_threshold;
  params.max_gaussians = limit;
  params.fates = PointerTo<uint8_t>(fates, {model.count()}, "fates", device);
  return params;
}

bool AdaptiveStrategy::Densify(const StepContext& context) {
  const Backend& backend = context.optimizer->backend();
  const torch::Tensor fates =
      torch::empty({context.model->count()}, torch::TensorOptions().dtype(torch::kUInt8).device(backend.device));
  const StageScope scope(backend.device);
  DensityState& density = *context.density;
  SumStatistics(density, context.ranks, backend);
  const int64_t limit =
      MostSplatsAfterDensification(density, context.model->count(), config_.visible_per_pixel, limits_);
  const FateCounts counts = backend.density.decide_fates(scope.context(), Decision(context, fates, limit));
  ClearStatistics(density);
  ++density.densifications;
  // Removing every splat would end the training for good: then nothing is removed.
  if (counts.Rows() == 0) return false;
  ApplyFates(*context.model, *context.optimizer, fates, counts, limits_.gaussians, *context.random);
  if (SortsAfter(density.densifications, backend)) SortByMortonCode(*context.model, *context.optimizer);
  return true;
}

bool AdaptiveStrategy::Update(const StepContext& context) {
  const bool changed = schedule_.Densifies(context.step) && Densify(context);
  if (resets_.After(context.step)) {
    ResetOpacity(*context.model, *context.optimizer, config_.adaptive.reset_opacity);
    context.density->opacity_was_reset = true;
  }
  return changed;
}

std::vector<Option> AdaptiveOptions(DensityConfig& density) {
  AdaptiveConfig& config = density.adaptive;
  return {
      Option("opacity_reset_every", config.opacity_reset_every, "Steps (of 30000) between two opacity resets; 0: never")
          .AtLeast(0),
      Option("grad_threshold", config.grad_threshold, "Mean screen gradient above which a splat is cloned or split")
          .Above(0),
      Option("absolute_gradient", config.absolute_gradient,
             "Sum absolute gradients of pixels; wants a larger threshold"),
      Option("split_scale", config.split_scale, "Larger splats are split, smaller ones cloned; x scene extent")
          .Above(0),
      Option("prune_scale", config.prune_scale,
             "Larger splats are removed, after the first reset; x scene extent; 0: never")
          .AtLeast(0),
      Option("reset_opacity", config.reset_opacity, "What a reset cuts the opacities to").Inside(0, 1),
  };
}

// A reset is not to leave every splat so transparent that the next densification step removes it.
std::string AdaptiveConflict(const DensityConfig& config) {
  if (config.adaptive.reset_opacity > config.prune_opacity) return "";
  return StrCat("density.adaptive.reset_opacity = ", config.adaptive.reset_opacity,
                ": must be above density.prune_opacity (", config.prune_opacity, ")");
}

std::unique_ptr<Strategy> MakeAdaptiveStrategy(const DensityConfig& config, const DensitySchedule& schedule,
                                               const DensityLimits& limits) {
  return std::make_unique<AdaptiveStrategy>(config, schedule, limits);
}

}  // namespace

StrategyKind AdaptiveStrategyKind() {
  StrategyKind kind;
  kind.name = "adaptive";
  kind.source = "Kerbl et al. 2023";
  kind.description = "clones and splits where the images differ most";
  kind.wanted_densifications = 8;  // a splat may double at each
  kind.options = AdaptiveOptions;
  kind.conflict = AdaptiveConflict;
  kind.make = MakeAdaptiveStrategy;
  return kind;
}

}  // namespace splat::train
