// The stages of a run, one source file each. All work on the same Run; none prints.
#pragma once

#include <exception>

#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "data/poses/scene_description.h"
#include "pipeline/events.h"
#include "pipeline/output_folder.h"
#include "pipeline/run_options.h"
#include "pipeline/run_summary.h"
#include "rasterizer/torch/splat_model.h"
#include "train/backend.h"

namespace splat::pipeline {

// What the stages of one run share.
struct Run {
  const RunOptions& options;
  const train::Backend& backend;
  const OutputFolder& output;
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

// A failure that does not keep the rest of the run from being done: the caller throws it at the end. Null is no
// failure.
using Failure = std::exception_ptr;

// Writes the scene in every format, cameras.json, scene_transform.json and config.json. One format that cannot hold the
// scene does not keep the others from being written; throws only if there is none at all. Each file is sent as written.
Failure WriteScene(const Run& run, const data::Dataset& dataset, const SplatModel& model);

// Compares the held-out views with their photos, if there are any, and keeps the images if asked to. The numbers of
// kEnd are each of quality::Metrics() by its name, and test_views.
Failure EvaluateScene(const Run& run, const data::Dataset& dataset, const SplatModel& model);

// Reads the scene files back and compares what they show with the scene. A broken file is a failure; what keeps the
// files from being compared is only warned of.
Failure CheckFiles(const Run& run, const data::Dataset& dataset, const SplatModel& model);

// How the photos are loaded for evaluation and checks.
data::ViewLoader::Options LoaderOptions(const RunOptions& options);

}  // namespace splat::pipeline
