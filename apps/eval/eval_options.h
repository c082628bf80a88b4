// The command line of splat-eval.
#pragma once

#include <optional>
#include <string>

#include "apps/cli/progress.h"
#include "core/rgb.h"

namespace splat::apps {

struct EvalOptions {
  std::string scene;           // a scene file of any format that is read
  std::string photos;          // folder; empty: that of the run beside the scene
  std::string cameras;         // poses of any kind that splat-train takes, or a cameras.json; empty: those of the run,
                               // or else those that lie with the photos
  std::string split = "test";  // test or all: which views
  std::string output;          // folder for evaluation.json and images; empty: none are written
  int worst = 3;               // so many of the worst views become images
  bool save_renders = false;   // all views, with their photos
  std::string lpips;           // a TorchScript network; empty: no LPIPS
  // What is not given is the run's, or else what splat-train does by default.
  std::optional<int> downscale, max_image_size, test_every;
  std::optional<Rgb> background;
  std::string masks, alpha, borders;  // as DatasetOptions has them; empty: not given
  bool invert_masks = false;
  std::string device = "auto";  // auto, cpu, cuda
  int threads = 0;              // 0: all cores
  Verbosity verbosity = Verbosity::kNormal;
};

// Returns nothing if --help or --version was asked for and has been printed. Throws splat::Error.
std::optional<EvalOptions> ParseEvalOptions(int argc, char** argv);

}  // namespace splat::apps
