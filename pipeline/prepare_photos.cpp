#include <algorithm>

#include "core/check.h"
#include "core/format.h"
#include "pipeline/stages.h"
#include "rasterizer/torch/process_executor.h"
#include "train/pose_refinement.h"

namespace splat::pipeline {

data::Dataset PreparePhotos(const Run& run, const data::SceneDescription& scene) {
  run.reporter.Begin(Stage::kPhotos, "Photos");
  data::DatasetOptions options = run.options.dataset;
  const train::PoseConfig& poses = run.options.config.poses;
  options.observations = train::RefinesCameras(poses) && poses.track_weight > 0;
  data::Dataset dataset = data::BuildDataset(scene, options, ProcessExecutor(), run.reporter.Sink());
  const size_t test_views = dataset.ViewsOf(Split::kTest).size(), training_views = dataset.views.size() - test_views;
  run.summary.masked_views = size_t(std::count_if(dataset.views.begin(), dataset.views.end(), data::HasMask));
  const size_t points = dataset.points.positions.size();
  const Camera& first = dataset.views.front().camera;
  run.reporter.End(
      StrCat(training_views, " for training, ", test_views, " held out, ", first.width, " x ", first.height, " px; ",
             points > 0 ? FormatCount(int64_t(points)) + " points" : "no points, so random ones"),
      {{"training_views", double(training_views)}, {"test_views", double(test_views)}, {"points", double(points)}});
  if (!dataset.files.note.empty()) run.reporter.Note(dataset.files.note);
  return dataset;
}

}  // namespace splat::pipeline
