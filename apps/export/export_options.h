// This header has the command line of splat-export.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/progress.h"
#include "formats/exporter.h"
#include "scene/crop.h"
#include "scene/extent.h"

namespace splat::apps {

// The part of the scene that is kept. At most one of the three is given.
struct Crop {
  bool automatic = false;  // what the cameras look at, or where most splats lie
  std::optional<Box> box;  // scene frame, scene units
  std::optional<Sphere> sphere;
};

struct ConvertOptions {
  std::string input, output;                    // files
  const formats::Exporter* exporter = nullptr;  // by the output's name
  std::optional<int> sh_degree;                 // at most
  std::optional<int64_t> max_gaussians;         // the most important ones
  Crop crop;
  bool clean = false;                               // without floaters
  std::string cameras;                              // a cameras.json; empty: the one beside the input, if there is one
  std::optional<std::array<double, 3>> background;  // instead of what IN says
  bool morton = false;
  bool overwrite = false;
  bool check = true;  // read the output back and compare images
  int threads = 0;    // 0: all cores
  formats::ExportOptions writing;
  formats::ImportOptions reading;
  Verbosity verbosity = Verbosity::kNormal;
  // One line for each option that was given and does nothing for these files.
  std::vector<std::string> without_use;
};

// Returns nothing if --help or --version was asked for and has been printed. Throws splat::Error for what cannot be,
// and if the output's name has no format that can be written.
std::optional<ConvertOptions> ParseConvertOptions(int argc, char** argv);

// "auto", "box:x0,y0,z0,x1,y1,z1" or "sphere:x,y,z,r". Throws splat::Error that says what is allowed.
Crop ParseCrop(const std::string& text);

}  // namespace splat::apps
