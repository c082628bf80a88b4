// This header has the command line of splat-eval.
#pragma once

#include <optional>
#include <string>

#include "apps/cli/progress.h"
#include "pipeline/evaluation_views.h"

namespace splat::apps {

struct EvalOptions : pipeline::EvaluationRequest {
  std::string output;           // folder for evaluation.json and images; empty: none are written
  int worst = 3;                // so many of the worst views become images
  bool save_renders = false;    // all views, with their photos
  std::string lpips;            // a TorchScript network; empty: no LPIPS
  std::string device = "auto";  // auto, cpu, cuda
  int threads = 0;              // 0: all cores
  Verbosity verbosity = Verbosity::kNormal;
};

// Returns nothing if --help or --version was asked for and has been printed. Throws splat::Error.
std::optional<EvalOptions> ParseEvalOptions(int argc, char** argv);

}  // namespace splat::apps
