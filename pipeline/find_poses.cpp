#include <chrono>
#include <utility>

#include "core/check.h"
#include "core/format.h"
#include "core/interrupted.h"
#include "data/dataset/view_masks.h"
#include "data/photos/folder_files.h"
#include "data/photos/photo_masks.h"
#include "data/poses/pose_source.h"
#include "data/sfm/colmap_masks.h"
#include "data/sfm/sfm_parts.h"
#include "pipeline/stages.h"

namespace splat::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

const char* StageName(data::SfmStage stage) {
  switch (stage) {
    case data::SfmStage::kFeatures:
      return "Structure from motion: features";
    case data::SfmStage::kMatching:
      return "Structure from motion: matching";
    case data::SfmStage::kMapping:
      return "Structure from motion: mapping";
  }
  return "Structure from motion";
}

// One line for photos that belong to other parts, and one for those that belong to none.
void WarnOfPhotosLeftOut(Reporter& reporter, const data::SfmResult& result) {
  for (const std::string& line : {data::DescribeParts(result), data::DescribeLeftOut(result)}) {
    if (!line.empty()) reporter.Warn(line);
  }
}

// What COLMAP leaves out of each photo, by its name.
data::MasksOfPhotos MasksForColmap(const Run& run, const data::PhotoMasks& found) {
  data::MasksOfPhotos masks;
  const data::DatasetOptions& options = run.options.dataset;
  for (const std::string& name : run.photos.names) {
    const auto mask = found.of_photo.find(name);
    if (mask != found.of_photo.end()) {
      masks[name] = {mask->second, options.invert_masks};
    } else if (data::AlphaUseOf(options.alpha) == data::AlphaUse::kMask) {
      masks[name] = {run.photos.path + "/" + name, false, true};
    }
  }
  return masks;
}

// Runs COLMAP in OUT/sfm, where a later run finds what is done, and lists the photos it could not place.
data::SfmResult RunStructureFromMotion(const Run& run, const data::PhotoMasks& masks) {
  Reporter& reporter = run.reporter;
  const std::string workspace = run.output / "sfm";
  data::SfmOptions sfm_options = run.options.sfm;
  sfm_options.cancelled = [&] { return reporter.StopRequested(); };
  sfm_options.masks = MasksForColmap(run, masks);
  std::string stage;
  const auto show = [&](const data::SfmProgress& step) {
    std::string name = StageName(step.stage);
    if (step.attempt > 1) name += StrCat(" (attempt ", step.attempt, ")");
    if (name != stage) reporter.Begin(Stage::kPoses, name);
    stage = name;
    reporter.Progress(step.fraction, step.text, {{"attempt", double(step.attempt)}});
  };
  try {
    const Clock::time_point start = Clock::now();
    reporter.Begin(Stage::kPoses, "Structure from motion");
    data::SfmResult result = data::RunSfm(run.photos.path, workspace, sfm_options, show, reporter.Sink());
    for (const std::string& note : result.notes) reporter.Note(note);
    reporter.Note(StrCat("Structure from motion: ", result.photos_registered, " of ", result.photos_given,
                         " photos placed, ", FormatCount(int64_t(result.points)), " points, mean reprojection error ",
                         FormatFixed(result.mean_reprojection_error_px, 2), " px, ",
                         FormatDuration(SecondsSince(start))));
    WarnOfPhotosLeftOut(reporter, result);
    return result;
  } catch (const data::SfmCancelled&) {
    throw Interrupted(
        StrCat("interrupted; what COLMAP had finished is kept in ", workspace, " and the next run continues there"));
  }
}

}  // namespace

data::SceneDescription FindPoses(const Run& run) {
  data::PoseChoice choice;
  const data::PhotoMasks masks = data::FindMasks(run.photos, run.options.dataset.masks);
  const std::string passed_over = data::DescribePassedOver(run.photos.path);
  if (!passed_over.empty()) run.reporter.Warn(passed_over);
  std::string source = run.options.poses;
  if (source == "auto") {
    choice = data::ChoosePoses(run.photos);
    if (!choice.scene) run.reporter.Note(choice.summary);
  }
  if (!choice.scene) {
    if (source == "auto" || source == "sfm") {
      run.summary.sfm = RunStructureFromMotion(run, masks);
      source = run.summary.sfm->model_folder;
    }
    choice = data::ChoosePosesAt(source, run.photos);
  }
  data::AttachMasks(run.photos, masks, run.options.dataset, *choice.scene);
  for (const std::string& warning : choice.scene->warnings) run.reporter.Warn(warning);
  run.summary.poses_source = choice.scene->source;
  run.reporter.Note(StrCat("Poses: ", choice.summary));
  return std::move(*choice.scene);
}

}  // namespace splat::pipeline
