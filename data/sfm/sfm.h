// Structure from motion turns photos into a COLMAP model: it runs the COLMAP program stage by stage in a workspace that
// is kept and resumed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/log.h"
#include "data/sfm/sfm_options.h"

namespace splat::data {

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
  // These are the groups of left-out photos of which COLMAP made models that are not connected to the chosen one
  // (data/sfm/sfm_parts.h).
  std::vector<std::vector<std::string>> other_parts;
  size_t points = 0;
  double mean_reprojection_error_px = 0;
  int attempts = 1;
  bool resumed = false;            // nothing was left to do
  std::vector<std::string> notes;  // what was chosen and retried, in words for a person
};

// RunSfm throws this exception when `cancelled` returns true. The workspace is left in a state from which the next run
// continues.
class SfmCancelled : public Error {
 public:
  SfmCancelled() : Error("structure-from-motion was cancelled; the next run continues it") {}
};

// Runs what is not done yet. The workspace holds database.db, sparse/, colmap.log (COLMAP's own output) and state.json
// (what each finished stage was made from). A changed photo set (names, sizes, times) or option invalidates the stages
// that depend on it; a number of threads does not. COLMAP finds the features, verifies matches and solves; on a CPU the
// features are matched here (data/sfm/own_matching.h), between pairs chosen by the likeness of their largest features.
// `log` gets what a person should know while it runs (photos that cannot be read, retries); the result's notes say all.
// If COLMAP makes several models that share no photos, the largest is taken; where no verified pair joins them, nothing
// further is tried. Photos whose names COLMAP cannot list (line ends, blanks at the ends) are left out. Throws
// splat::Error if there is no COLMAP program (with the install command), there are fewer than 2 photos, COLMAP fails
// (with the last lines of its log and the log's path), no model is found (with advice), or another run works in the
// same workspace.
SfmResult RunSfm(const std::string& image_folder, const std::string& workspace, const SfmOptions& options,
                 const std::function<void(const SfmProgress&)>& progress, const LogSink& log);

}  // namespace splat::data
