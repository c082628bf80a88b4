// What splat-train leaves in its output folder. docs/formats.md describes the files.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apps/train/train_options.h"
#include "core/image.h"
#include "data/dataset/dataset.h"
#include "data/sfm/sfm.h"
#include "formats/exporter.h"
#include "quality/metrics.h"
#include "quality/scene_check.h"

namespace splat::apps {

// The folder, made and found writable before any work is done.
class OutputFolder {
 public:
  // Makes the folder if need be. Throws splat::Error if it cannot be made or written to, or if it holds a scene of any
  // format already and `overwrite` is false.
  OutputFolder(const std::string& path, bool overwrite);
  // Removes the folder again if this object made it and nothing was put in.
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  // The scene in a format: "OUT/scene.spz".
  std::string Scene(const formats::Exporter& exporter) const;

  // Removes what an earlier run left and would not fit the new scene: metrics.json, renders/, and scenes in formats
  // other than those named, which will be replaced.
  void RemoveOldResults(const std::vector<std::string>& formats) const;

 private:
  std::string path_;
  bool made_ = false;
};

// A flat file name without extension for each photo name, never the same one twice: "left/a.jpg" becomes "left_a".
class RenderNames {
 public:
  std::string NameFor(const std::string& photo_name);

 private:
  std::set<std::string> taken_;
};

// What a run found out, for metrics.json.
struct RunSummary {
  std::optional<data::SfmResult> sfm;  // if COLMAP was run
  std::string poses_source;            // what the poses were read from
  size_t training_views = 0;
  std::optional<quality::Evaluation> evaluation;  // if views were held out and could be evaluated
  std::string evaluation_error;                   // why not, if not
  std::vector<std::pair<std::string, std::vector<std::string>>> written;  // formats and their files, the scene's last
  std::vector<quality::FileCheck> checks;                                 // of the scene files that were written
  size_t checked_views = 0;                                               // that each was drawn in
  std::string check_error;                                                // why not all were checked, if so
  double train_loss = 0;                                                  // mean of the last steps
  int64_t splats = 0;
  int iterations = 0;  // done
  bool interrupted = false;
  double training_seconds = 0, total_seconds = 0;
  std::string device;  // cpu or cuda
  int threads = 0;
};

// cameras.json: all views, in the frame of the scene.
void WriteCameras(const std::string& path, const data::Dataset& dataset);

// scene_transform.json: from the frame of the scene back to that of the poses' source.
void WriteSceneTransform(const std::string& path, const data::Dataset& dataset, const std::string& poses_source);
// The transform of such a file. Throws splat::Error.
Similarity3 ReadSceneTransform(const std::string& path);

// config.json: every setting in force, resolved, and the versions. --config takes it back.
void WriteRunConfig(const std::string& path, const TrainOptions& options, const RunSummary& summary);

// metrics.json. Written last: a folder that has it is complete.
void WriteMetrics(const std::string& path, const RunSummary& summary);

// Largest resident memory of this process so far, in megabytes (10^6 bytes); 0 if the system does not tell.
double PeakMemoryMegabytes();

}  // namespace splat::apps
