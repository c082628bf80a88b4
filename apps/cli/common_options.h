// The option tables of the programs share these rows.
#pragma once

#include "core/option.h"

namespace splat::apps {

// The heading of options that need no other.
constexpr const char* kOptionsGroup = "Options";

inline Option ThreadsOption(int& threads) {
  return Option("threads", threads, "CPU threads; 0: all cores").Between(0, 1024).Flag("--threads N", kOptionsGroup);
}

inline Option QuietOption(bool& quiet) {
  return Option("quiet", quiet, "Only warnings and errors").Flag("--quiet", kOptionsGroup);
}

}  // namespace splat::apps
