#include "train/settings/config.h"

#include "core/check.h"
#include "train/density/strategies.h"
#include "train/settings/option_json.h"

namespace splat::train {
namespace {

// Bounds between options.
std::vector<std::string> CrossViolations(const TrainConfig& config) {
  std::vector<std::string> problems;
  const DensityConfig& density = config.density;
  if (density.refine_until < density.refine_from) {
    problems.push_back(StrCat("density.refine_until = ", density.refine_until,
                              ": must be at least density.refine_from (", density.refine_from, ")"));
  }
  for (const StrategyKind& kind : Strategies()) {
    const std::string conflict = kind.conflict ? kind.conflict(density) : "";
    if (!conflict.empty()) problems.push_back(conflict);
  }
  if (!(config.init.opacity > density.prune_opacity)) {
    problems.push_back(StrCat("init.opacity = ", config.init.opacity, ": must be above density.prune_opacity (",
                              density.prune_opacity, ")"));
  }
  return problems;
}

}  // namespace

TrainConfig WithStrategy(const TrainConfig& config, const std::string& strategy) {
  TrainConfig result = config;
  result.density.strategy = strategy;
  for (const std::string& assignment : StrategyNamed(strategy).preset) Assign(OptionsOf(result), assignment);
  return result;
}

TrainConfig ApplyAssignment(const TrainConfig& config, const std::string& assignment) {
  TrainConfig result = config;
  Assign(OptionsOf(result), assignment);
  return result;
}

std::string ConfigToJson(const TrainConfig& config) {
  TrainConfig copy = config;
  return ToJson(OptionsOf(copy));
}

std::vector<std::string> ConfigViolations(const TrainConfig& config) {
  TrainConfig copy = config;
  std::vector<std::string> problems = OptionViolations(OptionsOf(copy));
  for (const std::string& problem : CrossViolations(config)) problems.push_back(problem);
  return problems;
}

}  // namespace splat::train
