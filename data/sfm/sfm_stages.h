// Structure from motion has three stages, each of which finds out whether it is done, continues or starts afresh.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/poses/best_colmap_model.h"
#include "data/sfm/camera_groups.h"
#include "data/sfm/colmap_runner.h"
#include "data/sfm/sfm.h"
#include "data/sfm/sfm_plan.h"
#include "data/sfm/sfm_workspace.h"

namespace splat::data {

// The stages of all attempts share this context.
struct SfmContext {
  const SfmOptions& options;
  SfmWorkspace& workspace;
  ColmapProgram& colmap;
  std::string image_folder = {};
  std::string photos_key = {};  // fingerprint of the photo set and its masks
  std::vector<CameraGroup> groups = {};
  size_t photos = 0;  // that can be read
  int threads = 1;
  bool gpu = false;
  std::function<void(const SfmProgress&)> progress = {};  // may be empty
  LogSink log = {};                                       // may be empty
  std::vector<std::string> notes = {};                    // the stages add to them
  bool has_old_files = false;                             // of earlier runs
  std::set<std::string> checked = {};                     // databases that this run has looked at
  std::set<std::string> rebuilt = {};                     // databases that failed this run and were removed
  std::string mask_folder = {};                           // of COLMAP's masks; empty: there are none
};

// Names, sizes and times of the photos, boiled down to a short text. Where their folder lies does not matter.
std::string PhotosKey(const std::vector<SfmPhoto>& photos);

// plan.database is complete afterwards. An interrupted extraction is continued. Throws splat::Error if COLMAP fails.
void ExtractFeatures(SfmContext& context, const SfmPlan& plan, int attempt);

// plan.database holds verified matches of plan.pairs afterwards. Attempt 2 adds pairs to those of attempt 1.
void MatchFeatures(SfmContext& context, const SfmPlan& plan, int attempt);

// Runs the mapper into a folder of this attempt. Returns nothing if COLMAP found no model; `failure` then says what it
// wrote last. Throws splat::Error if it crashed.
std::optional<ColmapModel> MapPhotos(SfmContext& context, const SfmPlan& plan, int attempt, std::string& failure);

// Folder of the workspace into which an attempt's models go.
std::string AttemptFolder(const SfmWorkspace& workspace, int attempt);

}  // namespace splat::data
