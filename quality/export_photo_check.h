// This check reads exported scene files back and compares what they show with the trained scene, so that no run hands
// out a file that is broken.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/image.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "quality/export_check_limits.h"
#include "rasterizer/torch/splat_model.h"

namespace splat::quality {

// The result of checking one scene file.
struct FileCheck {
  std::string format;  // name of the exporter
  std::string path;
  uint64_t bytes = 0;  // with those of files beside it
  int64_t splats = 0;
  double psnr = 0;          // of its images against the photos, dB, mean over the views
  double loss_db = 0;       // the scene's PSNR minus this one
  double agreement_db = 0;  // PSNR of its images against the scene's, mean over the views; 100 for equal ones
  std::string error;        // what is wrong with the file; empty: nothing
};

// Returns the indices of the views that are compared, at most kMostCheckedViews: held-out ones or, where there are
// none, training views.
std::vector<int> ViewsToCheck(const data::Dataset& dataset);

class ExportPhotoCheck {
 public:
  // Renders the views of ViewsToCheck with the scene as it was trained. `scene` is on the device that renders; photos
  // come from `loader`. Both and `dataset` must outlive the object.
  ExportPhotoCheck(const SplatModel& scene, const data::Dataset& dataset, data::ViewLoader& loader);

  // Reads the scene file that `format` has made of the scene's `splats` splats, the last of `files`; the others lie
  // beside it. It is drawn in the frame of the dataset's files. A file that cannot be read, holds another number of
  // splats or shows another scene (quality/export_check_limits.h) gets an `error`. The function throws only what is not
  // the file's fault, such as std::bad_alloc.
  FileCheck Check(const std::string& format, const std::vector<std::string>& files, int64_t splats) const;

  size_t views() const { return views_.size(); }

 private:
  const SplatModel& scene_;
  const data::Dataset& dataset_;
  data::ViewLoader& loader_;
  std::vector<int> views_;
  std::vector<Image8> images_;  // the scene's, one a view
  double scene_psnr_ = 0, empty_db_ = 0;
};

// The table of the checks, a line each, for people.
std::vector<std::string> TableOf(const std::vector<FileCheck>& checks, size_t views);

}  // namespace splat::quality
