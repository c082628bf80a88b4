// Photos to a COLMAP model: runs the COLMAP program stage by stage in a workspace that is kept and resumed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/log.h"

namespace splat::data {

struct SfmOptions {
  std::string matcher = "auto";  // auto, exhaustive, sequential, vocab_tree
  // COLMAP's name. auto: OPENCV for a camera shared by at least 25 photos, else SIMPLE_RADIAL
  // (data/sfm/photo_groups.h).
  std::string camera_model = "auto";
  std::string single_camera = "auto";  // auto (photos of one size and EXIF camera share one), yes, no
  int max_image_size = 0;              // px at which features are sought, 0: chosen by photo count and threads
  int max_features = 0;                // per photo, 0: chosen
  std::string vocab_tree_path;         // for vocab_tree
  std::string colmap = "colmap";       // program
  int threads = 0;                     // 0: all
  bool use_gpu = false;                // only where the binary has CUDA and the machine a GPU
  std::function<bool()> cancelled;     // asked several times a second; true ends RunSfm with SfmCancelled. May be empty
};

enum class SfmStage { kFeatures, kMatching, kMapping };

struct SfmProgress {
  SfmStage stage = SfmStage::kFeatures;
  int attempt = 1;      // > 1: relaxed settings
  double fraction = 0;  // of the stage, 0..1, from COLMAP's log
  std::string text;     // "matched 310 of 1225 pairs"
};

struct SfmResult {
  std::string model_folder;  // workspace/sparse/N with the most registered images
  size_t photos_given = 0;
  size_t photos_registered = 0;
  std::vector<std::string> left_out;  // names, sorted
  size_t points = 0;
  double mean_reprojection_error_px = 0;
  int attempts = 1;
  bool resumed = false;            // nothing was left to do
  std::vector<std::string> notes;  // what was chosen and retried, in words for a person
};

// What RunSfm throws when `cancelled` said so. The workspace is left such that the next run continues.
class SfmCancelled : public Error {
 public:
  SfmCancelled() : Error("structure-from-motion was cancelled; the next run continues it") {}
};

// Runs what is not done yet. The workspace holds database.db, sparse/, colmap.log (COLMAP's own output) and state.json
// (what each finished stage was made from). A changed photo set (names, sizes, times) or option invalidates the stages
// that depend on it; a number of threads does not. COLMAP finds the features, verifies matches and solves; on a CPU the
// features are matched here (data/sfm/sfm_matching.h), between pairs chosen by the likeness of their largest features.
// `log` gets what a person should know while it runs (photos that cannot be read, retries); the result's notes say all.
// Photos whose names COLMAP cannot list (line ends, blanks at the ends) are left out.
// Throws splat::Error: no COLMAP program (with the install command), fewer than 2 photos, COLMAP failing (with the last
// lines of its log and the log's path), no model found (with advice), another run in the same workspace.
SfmResult RunSfm(const std::string& image_folder, const std::string& workspace, const SfmOptions& options,
                 const std::function<void(const SfmProgress&)>& progress, const LogSink& log);

}  // namespace splat::data
