// Settings come from several sources; this header decides which of them wins.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "train/settings/config.h"

namespace splat::train {

// What one file, assignment or flag says.
struct ConfigLayer {
  std::string name;             // for messages: "configs/fast.json", "--set", "--strategy"
  TrainConfig values;           // the defaults, but for what is given
  std::set<std::string> given;  // names of options
};

// Reads a file as ParseConfig does, with its refusals, but for bounds between options, which other layers may mend.
ConfigLayer LayerOfFile(const std::string& json_text, const std::string& path);

// Reads "density.refine_every=50" as ApplyAssignment does.
ConfigLayer LayerOfAssignment(const std::string& assignment, const std::string& name);

// All that is said, by its kind and in the order in which it was given.
struct ConfigSources {
  std::vector<ConfigLayer> files, assignments, flags;
};

// Returns the layers, a winning one behind the others: files, then assignments, then flags.
std::vector<ConfigLayer> InOrder(const ConfigSources& sources);

struct LayeredConfig {
  TrainConfig config;
  std::string disagreements;  // one line: which source won where two differ; empty where none do
};

// The defaults, over them what the strategy wants (StrategyKind::preset), over that the layers, of which a later one
// wins. The strategy is that of the last layer that names one, wherever it stands. A layer that names another strategy
// holds the settings that its own strategy wants or leaves alone, as the config.json of an earlier run does: values of
// such settings that are just those of its strategy count for nothing.
LayeredConfig Assemble(const std::vector<ConfigLayer>& layers);

}  // namespace splat::train
