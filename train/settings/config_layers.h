// Settings come from several sources; this header decides which of them wins.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "train/settings/config.h"

namespace splat::train {

// A layer holds what one file, assignment or flag says.
struct ConfigLayer {
  std::string name;             // for messages: "configs/fast.json", "--set", "--strategy"
  TrainConfig values;           // the defaults, but for what is given
  std::set<std::string> given;  // names of options
};

// Reads a file: an object of JSON, whose missing keys are not said. Unknown keys, wrong types and broken bounds are all
// reported in one splat::Error, each as option, value, bound; bounds between options are left to ConfigViolations, for
// other layers may mend them.
ConfigLayer LayerOfFile(const std::string& json_text, const std::string& path);

// Reads "density.refine_every=50" as ApplyAssignment does.
ConfigLayer LayerOfAssignment(const std::string& assignment, const std::string& name);

// The sources hold all that was given, by kind and in the order in which it was given.
struct ConfigSources {
  std::vector<ConfigLayer> files, assignments, flags;
};

// Returns the layers in order, the winning ones last: files, then assignments, then flags.
std::vector<ConfigLayer> InOrder(const ConfigSources& sources);

struct LayeredConfig {
  TrainConfig config;
  std::string disagreements;  // one line: which source won where two differ; empty where none do
};

// Returns the defaults, overlaid by what the strategy wants (StrategyKind::preset) and then by the layers, the later
// one winning. The strategy is that of the last layer that names one, wherever in it that stands. A layer that names
// another strategy holds the settings that its own strategy wants or leaves alone, as the config.json of an earlier run
// does: values of such settings that merely equal its strategy's are ignored.
LayeredConfig Assemble(const std::vector<ConfigLayer>& layers);

}  // namespace splat::train
