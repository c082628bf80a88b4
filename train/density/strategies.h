// This table lists the strategies of densification, what each requires of the settings, and how it is made.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/option.h"
#include "train/density/density_config.h"

namespace splat::train {

class DensitySchedule;
class Strategy;
struct DensityLimits;

// A strategy as a value with functions. Each is defined in the file of its strategy.
struct StrategyKind {
  std::string name;         // of the option, and of the group of its settings: "density.<name>."
  std::string source;       // who published it
  std::string description;  // what it does, for help texts; a verb comes first
  // The assignments that differ from the settings' defaults when this strategy is chosen, as ApplyAssignment
  // (train/settings/config.h) takes them.
  std::vector<std::string> preset;
  int wanted_densifications = 1;  // of a short run (DensitySchedule)
  // The rows of its own settings, without their group.
  std::vector<Option> (*options)(DensityConfig& config) = nullptr;
  // Says in one line which bound between two settings is violated, and nothing if none is. The function may be null.
  std::string (*conflict)(const DensityConfig& config) = nullptr;
  std::unique_ptr<Strategy> (*make)(const DensityConfig& config, const DensitySchedule& schedule,
                                    const DensityLimits& limits) = nullptr;
};

const std::vector<StrategyKind>& Strategies();

// Finds a strategy by its name. Throws splat::Error that lists the names.
const StrategyKind& StrategyNamed(const std::string& name);

// The shared settings, and behind them those of each strategy.
std::vector<Option> OptionsOf(DensityConfig& config);

}  // namespace splat::train
