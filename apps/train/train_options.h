// The command line of splat-train.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/progress.h"
#include "data/dataset/dataset.h"
#include "data/sfm/sfm.h"
#include "train/settings/config.h"

namespace splat::apps {

struct TrainOptions {
  std::string images;          // the photo folder, as given
  std::string poses = "auto";  // auto, sfm or a path
  std::string output;          // empty: DefaultOutput
  bool overwrite = false;
  bool save_renders = false;
  std::vector<std::string> formats;  // of the scene, names of exporters, each once
  data::DatasetOptions dataset;      // background as in `config`
  data::SfmOptions sfm;
  train::TrainConfig config;  // config files, then --set, then the options of their own
  Verbosity verbosity = Verbosity::kNormal;
  std::vector<std::string> command_line;  // with the program's name
};

// Nothing if --help or --version was asked for and has been printed. Throws splat::Error for what cannot be, in one
// line that names the option, the value and what is allowed.
std::optional<TrainOptions> ParseTrainOptions(int argc, char** argv);

// "<name of the photo folder>_splat" in the working folder. A folder called images or input, as capture tools make
// them, gives its parent's name: fox/images becomes fox_splat.
std::string DefaultOutput(const std::string& image_folder);

}  // namespace splat::apps
