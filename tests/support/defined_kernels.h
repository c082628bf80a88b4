// This header lists the kernels that .cu files define, by their source: the emulated GPU must have executed them.
#pragma once

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "io/read_file.h"

namespace splat::testing {

// Returns the names of the kernels in the .cu and .cuh files of the folder and below it, without template arguments.
inline std::set<std::string> DefinedKernels(const std::string& folder) {
  const std::regex definition(R"(__global__\s+void\s+(?:__launch_bounds__\([^)]*\)\s*)?(\w+)\s*\()");
  std::set<std::string> names;
  for (const auto& file : std::filesystem::recursive_directory_iterator(std::string(SPLAT_SOURCE_DIR) + "/" + folder)) {
    if (file.path().extension() != ".cu" && file.path().extension() != ".cuh") continue;
    const std::string text = ReadFile(file.path().string());
    for (std::sregex_iterator it(text.begin(), text.end(), definition), end; it != end; ++it) names.insert((*it)[1]);
  }
  return names;
}

}  // namespace splat::testing
