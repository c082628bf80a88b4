// This header has the command line of splat-render.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "apps/cli/progress.h"

namespace splat::apps {

struct RenderOptions {
  std::string scene;          // a scene file of any format that is read
  std::string cameras;        // cameras.json, a COLMAP model folder or a transforms.json; empty: orbit
  std::string output;         // folder
  std::string photo_colors;   // a photo_colors.json whose photos' colours the views get; empty: none
  std::string split = "all";  // all, train or test: which cameras
  int orbit = 0;              // number of views of a circle around the scene; 0: `cameras`
  int downscale = 1;
  int width = 0;                                    // px; 0: as the cameras have it (orbit: 1280)
  std::string device = "auto";                      // auto, cpu, cuda
  int threads = 0;                                  // 0: all cores
  std::optional<std::array<double, 3>> background;  // nothing: what the scene says, or black
  Verbosity verbosity = Verbosity::kNormal;
};

// Returns nothing if --help or --version was asked for and has been printed. Throws splat::Error.
std::optional<RenderOptions> ParseRenderOptions(int argc, char** argv);

}  // namespace splat::apps
