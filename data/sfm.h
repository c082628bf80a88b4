// Photos to a COLMAP model: runs the COLMAP program stage by stage in a workspace that is kept and resumed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/log.h"

namespace splat::data {

struct SfmOptions {
  std::string matcher = "auto";       // auto, exhaustive, sequential, vocab_tree
  std::string camera_model = "auto";  // COLMAP's name; auto: OPENCV if one camera with enough photos, else SIMPLE_RADIAL (decided by the implementation, documented)
  std::string single_camera = "auto"; // auto (one camera if all photos have one size and EXIF model), yes, no
  int max_image_size = 0;             // px, 0: chosen by photo count and threads
  int max_features = 0;               // per photo, 0: chosen
  std::string vocab_tree_path;        // for vocab_tree
  std::string colmap = "colmap";      // program
  int threads = 0;                    // 0: all
  bool use_gpu = false;               // only where the binary has CUDA
};

enum class SfmStage { kFeatures, kMatching, kMapping };

struct SfmProgress {
  SfmStage stage;
  int attempt = 1;     // > 1: relaxed settings
  double fraction = 0; // 0..1, from COLMAP's log
  std::string text;    // "matched 310 of 1225 pairs"
};

struct SfmResult {
  std::string model_folder;               // workspace/sparse/N with the most registered images
  size_t photos_given = 0;
  size_t photos_registered = 0;
  std::vector<std::string> left_out;      // names, sorted
  size_t points = 0;
  double mean_reprojection_error_px = 0;
  int attempts = 1;
  std::vector<std::string> notes;         // what was chosen and retried, in words for a person
};

// Runs what is not done yet. The workspace holds database.db, sparse/, colmap.log (COLMAP's own output) and state.json
// (what each finished stage was made from). A changed photo set or option invalidates the stages that depend on it.
// Throws splat::Error: no COLMAP program (with the install command), fewer than 2 photos, COLMAP failing (with the last lines of
// its log and the log's path), no model found (with advice).
SfmResult RunSfm(const std::string& image_folder, const std::string& workspace, const SfmOptions& options,
                 const std::function<void(const SfmProgress&)>& progress, const LogSink& log);

}  // namespace splat::data
