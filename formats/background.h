// This header puts the background of a scene where each file format has a place for it, and reads it from there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scene/splat_cloud.h"

namespace splat::formats {

// Returns whether all three numbers lie in 0..1.
bool IsColor(const Rgb& color);

// Returns the comment of a PLY header, a whole line: "comment Background: 1 1 1"; empty if there is no background.
std::string BackgroundComment(const std::optional<Rgb>& background);
// Returns what such a comment among those of a PLY says, and nothing if there is none or it holds no colour.
std::optional<Rgb> BackgroundOf(const std::vector<std::string>& comments);

// Returns the colour that object[key] holds as an array of three numbers; nothing if it holds no colour. `Json` is any
// of nlohmann's types.
template <typename Json>
std::optional<Rgb> BackgroundOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array() || found->size() != 3) return std::nullopt;
  Rgb color;
  for (size_t i = 0; i < 3; ++i) {
    const Json& value = (*found)[i];
    if (!value.is_number()) return std::nullopt;
    color[i] = value.template get<double>();
  }
  return IsColor(color) ? std::optional(color) : std::nullopt;
}

}  // namespace splat::formats
