// The stages of a run have one source file each. All work on the same Run; none prints.
#pragma once

#include <string>
#include <vector>

#include "core/reason.h"
#include "data/dataset/dataset.h"
#include "data/photos/photo_folder.h"
#include "data/poses/scene_description.h"
#include "pipeline/events.h"
#include "pipeline/output_folder.h"
#include "pipeline/run_options.h"
#include "pipeline/run_summary.h"
#include "rasterizer/torch/splat_model.h"
#include "train/training_backend.h"

namespace splat::pipeline {

// The stages of one run share this data.
struct Run {
  const RunOptions& options;
  const data::PhotoFolder& photos;
  const train::Backend& backend;
  OutputFolder& output;
  Reporter& reporter;
  RunSummary& summary;
};

// Finds the cameras where options.poses says. Structure from motion works in OUT/sfm, where a later run finds what is
// done, and sends kProgress for each of COLMAP's own stages.
data::SceneDescription FindPoses(const Run& run);

// Prepares the photos of the training, their sizes and the split. The numbers of kEnd are training_views, test_views
// and points.
data::Dataset PreparePhotos(const Run& run, const data::SceneDescription& scene);

// The numbers of kProgress and kEnd are step, steps, loss, splats, steps_per_second and seconds_left.
SplatModel TrainScene(const Run& run, const data::Dataset& dataset);

// These are the failures that did not prevent the rest of the run, a line each; the caller throws them at the end.
using Failures = std::vector<std::string>;

// Writes the scene in every format, cameras.json, scene_transform.json, config.json and, where colours of photos were
// learned, photo_colors.json; the COLMAP model that options.export_colmap asks for. If one file cannot be written, the
// others still are; throws only if there is no scene at all. The files of an earlier run stay until then.
Failures WriteScene(const Run& run, const data::Dataset& dataset, const SplatModel& model);

// Writes the scene as WriteScene does, to a folder that may be gone or full by now: it is made again, or else the scene
// is written beside it or in the folder for temporary files, which is a failure that says where. Throws if the scene
// can be written nowhere.
Failures WriteOrRescueScene(const Run& run, const data::Dataset& dataset, const SplatModel& model);

// Compares the held-out views with their photos, if there are any, and keeps the images if asked to. A view that cannot
// be compared is left out. The numbers of kEnd are each of quality::RunMetrics() by its name, test_views and, where
// colours of photos were learned, psnr_affine: psnr after the affine correction of each view. Where poses were refined,
// each also comes with _fitted_pose appended to its name: the figure after the view's own pose was fitted to its photo.
Failures EvaluateScene(const Run& run, const data::Dataset& dataset, const SplatModel& model);

// Reads the scene files back and compares what they show with the scene. A broken file is a failure; if something
// prevents the comparison, there is only a warning.
Failures CheckFiles(const Run& run, const data::Dataset& dataset, const SplatModel& model);

// Throws splat::Error before the training if the disk has no room for the scene that it begins with, and warns if it
// has none for one that has grown.
void CheckRoom(const Run& run, const data::Dataset& dataset);

// Throws splat::Error if a COLMAP model lies in the folder of --export-colmap, whose files would be lost or mixed with
// ours, whatever --overwrite says. An empty name is none.
void CheckColmapFolder(const std::string& folder);
// Makes the check of CheckColmapFolder before the training, because structure from motion may have made the folder by
// then, and throws if the camera of a photo is none of COLMAP's.
void CheckColmapExport(const Run& run, const data::Dataset& dataset);

}  // namespace splat::pipeline
