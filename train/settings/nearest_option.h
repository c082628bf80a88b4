// This header words the error for an option that does not exist.
#pragma once

#include <string>
#include <vector>

#include "core/option.h"

namespace splat::train {

// Returns whether options lie in a group of this name: "density", "density.mcmc".
bool IsGroup(const std::vector<Option>& options, const std::string& name);

// Returns one line. A group is not an option; for a group, the line names an option in it. An option that lies in a
// group of the group that was named, under the same last name, has moved there: "density.growth is now
// density.mcmc.growth". Otherwise the line names the known option, or group, whose name is nearest.
std::string UnknownOption(const std::string& name, const std::vector<Option>& options);

}  // namespace splat::train
