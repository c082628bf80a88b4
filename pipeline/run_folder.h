// The folder of an earlier run, as the programs find it beside a scene, tells what the scene was made from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "data/dataset/dataset_options.h"
#include "data/photos/photo_folder.h"
#include "data/poses/scene_description.h"
#include "scene/named_camera.h"

namespace splat::pipeline {

struct RunFolder {
  std::string path;
  std::string images, poses;     // as the run was told them (RunOptions)
  data::DatasetOptions dataset;  // sizes, held-out photos, background and what counts
  size_t masked_photos = 0;      // that had a mask
  // What metrics.json says of refined lenses, by lens; empty where it says nothing.
  std::vector<double> focal_factors, distortion_changes;
  std::vector<NamedCamera> cameras;  // of cameras.json, in the frame of the scene's files; empty without it
};

// Reads config.json, cameras.json and metrics.json of the folder. Returns nothing if there is no config.json, or if it
// is another program's. Warns of cameras that cannot be used. Throws splat::Error naming the file if one of ours is
// damaged.
std::optional<RunFolder> ReadRunFolder(const std::string& folder, const LogSink& log = {});

// Says what is damaged in the config.json of a folder in which ReadRunFolder finds no run. Empty without that file, and
// where it may be another program's.
std::string DamageOfRun(const std::string& folder);

// Returns where a path of the run lies now: relative ones are looked for in the working folder, and then beside the
// run's folder, where the run began if it chose that folder itself. Returns the path as it is if it lies in neither.
std::string FoundPath(const RunFolder& run, const std::string& path);

// Reads the poses that the run took, for these photos: those that lie with the photos or at the run's path, or those of
// its COLMAP workspace. Throws splat::Error if they are gone.
data::SceneDescription PosesOfRun(const RunFolder& run, const data::PhotoFolder& photos);

}  // namespace splat::pipeline
