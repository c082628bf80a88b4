#include "train/settings/nearest_option.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "core/edit_distance.h"

namespace splat::train {
namespace {

std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

// The group with its dot: "density." of "density.growth"; empty at the top.
std::string GroupOf(const std::string& name) {
  return name.substr(0, name.size() - LastPart(name).size());
}

// The groups that a name lies in, the outermost first, without the last dot.
std::vector<std::string> GroupsAround(const std::string& name) {
  std::vector<std::string> groups;
  for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    groups.push_back(name.substr(0, dot));
  }
  return groups;
}

// A right name in the wrong group counts as near.
std::string NearestName(const std::string& unknown, const std::vector<Option>& options) {
  std::string nearest;
  int best = std::numeric_limits<int>::max();
  for (const Option& option : options) {
    std::vector<std::string> candidates = {option.name};
    for (const std::string& group : GroupsAround(option.name)) candidates.push_back(group);
    for (const std::string& candidate : candidates) {
      const int elsewhere = candidate == option.name ? 1 : 2;
      const int distance =
          std::min(EditDistance(unknown, candidate), EditDistance(LastPart(unknown), LastPart(candidate)) + elsewhere);
      if (distance >= best) continue;
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

// Null if there is no such group.
const Option* FirstOfGroup(const std::vector<Option>& options, const std::string& name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& option) {
    return option.name.compare(0, name.size() + 1, name + ".") == 0;
  });
  return found == options.end() ? nullptr : &*found;
}

}  // namespace

bool IsGroup(const std::vector<Option>& options, const std::string& name) {
  return FirstOfGroup(options, name) != nullptr;
}

std::string UnknownOption(const std::string& name, const std::vector<Option>& options) {
  const std::string group = GroupOf(name);
  for (const Option& option : options) {
    const bool moved =
        !group.empty() && option.name.compare(0, group.size(), group) == 0 && LastPart(option.name) == LastPart(name);
    if (moved) return StrCat(name, " is now ", option.name);
  }
  if (const Option* option = FirstOfGroup(options, name)) {
    return StrCat(name, ": is a group of options; name one of them, such as ", option->name);
  }
  return StrCat(name, ": unknown option; the nearest is ", NearestName(name, options));
}

}  // namespace splat::train
