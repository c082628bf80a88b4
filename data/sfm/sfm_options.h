// These options are what a user may ask of structure from motion.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/option.h"
#include "data/photos/mask_image.h"

namespace splat::data {

struct SfmOptions {
  std::string matcher = "auto";  // auto, exhaustive, sequential, vocab_tree
  // COLMAP's name. auto: OPENCV for a camera shared by at least 25 photos, else SIMPLE_RADIAL
  // (data/sfm/camera_groups.h).
  std::string camera_model = "auto";
  std::string single_camera = "auto";  // auto (photos of one size and EXIF camera share one), yes, no
  int max_image_size = 0;              // px at which features are sought, 0: chosen by photo count and threads
  int max_features = 0;                // per photo, 0: chosen
  std::string vocab_tree_path;         // for vocab_tree
  std::string colmap = "colmap";       // program
  // A COLMAP that for so long shows no sign of work (data/sfm/idle_watch.h) is ended and started once more; 0: never.
  double idle_minutes = 30;
  int threads = 0;                  // 0: all
  bool use_gpu = false;             // only where the binary has CUDA and the machine a GPU
  MasksOfPhotos masks;              // no features are sought in what they drop
  std::function<bool()> cancelled;  // asked several times a second; true ends RunSfm with SfmCancelled. May be empty
};

// The rows of the settings that are not the caller's own. They refer to `options`.
std::vector<Option> OptionsOf(SfmOptions& options);

}  // namespace splat::data
