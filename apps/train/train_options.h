// This header has the command line of splat-train.
#pragma once

#include <optional>

#include "apps/cli/progress.h"
#include "pipeline/run_options.h"

namespace splat::apps {

struct TrainOptions : pipeline::RunOptions {
  Verbosity verbosity = Verbosity::kNormal;
  bool automatic_background = false;  // --background auto
  std::string disagreements;          // of files, assignments and flags, with who won; empty where there are none
};

// Returns nothing if --help or --version was asked for and has been printed. Throws splat::Error for what cannot be, in
// one line that names the option, the value and what is allowed.
std::optional<TrainOptions> ParseTrainOptions(int argc, char** argv);

}  // namespace splat::apps
