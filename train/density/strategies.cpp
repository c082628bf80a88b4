#include "train/density/strategies.h"

#include "core/check.h"
#include "core/option_groups.h"
#include "train/density/strategy.h"
#include "train/schedule.h"

namespace splat::train {

// Each is defined in the file of its strategy.
StrategyKind AdaptiveStrategyKind();
StrategyKind McmcStrategyKind();

namespace {

std::vector<std::string> Names() {
  std::vector<std::string> names;
  names.reserve(Strategies().size());
  for (const StrategyKind& kind : Strategies()) names.push_back(kind.name);
  return names;
}

std::string StrategyHelp() {
  std::vector<std::string> texts;
  for (const StrategyKind& kind : Strategies())
    texts.push_back(kind.name + " (" + kind.source + ") " + kind.description);
  return "How splats are added: " + Joined(texts, "; ");
}

}  // namespace

const std::vector<StrategyKind>& Strategies() {
  static const std::vector<StrategyKind> kinds = {AdaptiveStrategyKind(), McmcStrategyKind()};
  return kinds;
}

const StrategyKind& StrategyNamed(const std::string& name) {
  for (const StrategyKind& kind : Strategies()) {
    if (kind.name == name) return kind;
  }
  throw Error(StrCat("'", name, "' is no strategy; use one of ", Joined(Names())));
}

std::vector<Option> OptionsOf(DensityConfig& config) {
  std::vector<Option> options = {
      Option("strategy", config.strategy, StrategyHelp()).OneOf(Names()).Flag("--strategy NAME", kTrainingGroup),
      Option("refine_from", config.refine_from, "Step (of 30000) after which splats are added and removed").AtLeast(0),
      Option("refine_until", config.refine_until, "Step (of 30000) before which that ends").AtLeast(0),
      Option("refine_every", config.refine_every, "Steps (of 30000) between two densification steps").AtLeast(1),
      Option("prune_opacity", config.prune_opacity, "Splats below this opacity are removed, or relocated")
          .FromBelow(0, 1),
      Option("max_gaussians", config.max_gaussians, "Upper limit of the number of splats")
          .Between(0, 100'000'000)
          .LeastStandsFor("what the memory allows")
          .Flag("--max-gaussians N", kTrainingGroup),
      Option("visible_per_pixel", config.visible_per_pixel,
             "Growth ends when a view sees so many splats for each of its pixels; 0: never")
          .AtLeast(0),
  };
  for (const StrategyKind& kind : Strategies()) Append(options, kind.options(config), kind.name + ".");
  return options;
}

std::unique_ptr<Strategy> MakeStrategy(const DensityConfig& config, int steps, const DensityLimits& limits) {
  const StrategyKind& kind = StrategyNamed(config.strategy);
  return kind.make(config, DensitySchedule(config, steps, kind.wanted_densifications), limits);
}

}  // namespace splat::train
