// This header finds files that other systems name in another case.
#pragma once

#include <filesystem>
#include <string>

#include "io/text_scan.h"

namespace splat::data {

// Returns the path of `name` in `folder`, or else of what has this name except for the case of ASCII letters; where
// neither lies there, the path as asked for.
inline std::filesystem::path InAnyCase(const std::filesystem::path& folder, const std::string& name) {
  std::error_code error;
  std::filesystem::path asked = folder / name;
  if (std::filesystem::exists(asked, error)) return asked;
  const std::string lower = LowerAscii(name);
  std::filesystem::path found;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::filesystem::path file = entry->path().filename();
    if (LowerAscii(file.string()) == lower && (found.empty() || entry->path() < found)) found = entry->path();
  }
  return found.empty() ? asked : found;
}

}  // namespace splat::data
