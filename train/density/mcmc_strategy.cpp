// Densification as sampling (Kheradmand et al. 2024): nothing is removed. Dead splats move to live ones, the number
// of splats grows by a share at each densification step until it meets its limit, and transparent splats walk about at
// random.
#include <algorithm>
#include <cmath>

#include "rasterizer/math/activation.h"
#include "train/density/morton_sort.h"
#include "train/density/noise.h"
#include "train/density/relocation.h"
#include "train/density/strategies.h"
#include "train/density/strategy.h"
#include "train/schedule.h"

namespace splat::train {
namespace {

class McmcStrategy : public Strategy {
 public:
  McmcStrategy(const DensityConfig& config, const DensitySchedule& schedule, const DensityLimits& limits)
      : config_(config), schedule_(schedule), limits_(limits) {}

  DensityStatistics Collect(const StepContext& context) override {
    // Only the limit on splats seen makes use of the statistics.
    if (config_.visible_per_pixel == 0 || !schedule_.Collects(context.step)) return {};
    return StatisticsForNextView(*context.density, *context.model, /*absolute=*/false);
  }

  bool Update(const StepContext& context) override {
    const bool changed = schedule_.Densifies(context.step) && Densify(context);
    // The rate of the means has the extent as a factor, a covariance has it twice; what is left is a length.
    const double rate = config_.mcmc.noise * context.means_rate / (context.extent * context.extent);
    if (rate > 0) AddNoise(*context.model, context.optimizer->backend(), rate, *context.random);
    return changed;
  }

 private:
  bool Densify(const StepContext& context) {
    const int64_t count = context.model->count();
    DensityState& density = *context.density;
    SumStatistics(density, context.ranks, context.optimizer->backend());
    const int64_t limit = MostSplatsAfterDensification(density, count, config_.visible_per_pixel, limits_);
    const int64_t grown = count + int64_t(std::ceil(config_.mcmc.growth * double(count)));
    ClearStatistics(density);
    ++density.densifications;
    RelocationGoal goal;
    goal.rows = std::max(count, std::min(grown, limit));
    goal.limit = limits_.gaussians;
    goal.dead_opacity = config_.prune_opacity;
    const bool changed = Relocate(*context.model, *context.optimizer, goal, *context.random);
    if (SortsAfter(density.densifications, context.optimizer->backend())) {
      SortByMortonCode(*context.model, *context.optimizer);
    }
    return changed;
  }

  DensityConfig config_;
  DensitySchedule schedule_;
  DensityLimits limits_;
};

std::vector<Option> McmcOptions(DensityConfig& density) {
  McmcConfig& config = density.mcmc;
  return {
      Option("growth", config.growth, "Share of the splats that a densification step adds").Between(0, 1),
      Option("noise", config.noise, "Strength of the random walk of transparent splats; 0: none").AtLeast(0),
  };
}

std::unique_ptr<Strategy> MakeMcmcStrategy(const DensityConfig& config, const DensitySchedule& schedule,
                                           const DensityLimits& limits) {
  return std::make_unique<McmcStrategy>(config, schedule, limits);
}

}  // namespace

StrategyKind McmcStrategyKind() {
  StrategyKind kind;
  kind.name = "mcmc";
  kind.source = "Kheradmand et al. 2024";
  kind.description = "grows to a limit and moves transparent splats to where they are of use";
  // The preset is as published, except for the first opacities and scales, which stay as they are (docs/training.md).
  kind.preset = {"density.refine_until=25000", "loss.opacity_weight=0.01", "loss.scale_weight=0.01"};
  kind.wanted_densifications = 80;  // each adds a few per cent
  kind.options = McmcOptions;
  kind.make = MakeMcmcStrategy;
  return kind;
}

}  // namespace splat::train
