// These options are what a run is asked for.
#pragma once

#include <string>
#include <vector>

#include "data/dataset/dataset.h"
#include "data/sfm/sfm.h"
#include "train/settings/config.h"

namespace splat::pipeline {

struct RunOptions {
  std::string images;                          // the photo folder, as given
  std::string poses = "auto";                  // auto, sfm, or a path of poses of any kind (docs/inputs.md)
  std::string output;                          // the folder of the results; empty: DefaultOutput
  bool overwrite = false;                      // replace a scene that lies in the output folder
  bool save_renders = false;                   // keep the held-out views beside their photos
  std::string export_colmap;                   // folder for a COLMAP model of the cameras; empty: none is written
  std::vector<std::string> formats = {"ply"};  // of the scene, names of exporters (formats/exporter.h), each once
  data::DatasetOptions dataset;                // its background is that of `config`
  data::SfmOptions sfm;                        // `cancelled` is set by the run
  train::TrainConfig config;
  std::string version;                    // of the program that runs, for config.json
  std::vector<std::string> command_line;  // of that program, for config.json; may be empty
};

// Returns "<name of the photo folder>_splat" in the working folder. A folder called images or input, as capture tools
// make them, gives its parent's name: fox/images becomes fox_splat.
std::string DefaultOutput(const std::string& image_folder);

}  // namespace splat::pipeline
