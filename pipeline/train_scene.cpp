#include <algorithm>
#include <cmath>
#include <string>

#include "core/check.h"
#include "core/constants.h"
#include "core/format.h"
#include "core/quantile.h"
#include "data/dataset/scene_alignment.h"
#include "data/photos/focal_factor.h"
#include "pipeline/stages.h"
#include "rasterizer/torch/process_executor.h"
#include "train/schedule.h"
#include "train/trainer.h"

namespace splat::pipeline {
namespace {

void ReportStep(Reporter& reporter, const train::TrainProgress& now) {
  reporter.Progress(
      double(now.step) / now.steps,
      StrCat(now.step, "/", now.steps, "  loss ", FormatFixed(now.loss, 4), "  ", FormatCount(now.splats), " splats  ",
             FormatFixed(now.steps_per_second, 1), " it/s  ", FormatDuration(now.seconds_left), " left"),
      {{"step", double(now.step)},
       {"steps", double(now.steps)},
       {"loss", now.loss},
       {"splats", double(now.splats)},
       {"steps_per_second", now.steps_per_second},
       {"seconds_left", now.seconds_left}});
}

// How far the cameras have moved, in the median over those that did.
void ReportMotions(Reporter& reporter, const std::vector<Twist>& motions) {
  std::vector<double> degrees, percent;
  for (const Twist& motion : motions) {
    if (motion == Twist{}) continue;
    degrees.push_back(Norm(AngularPart(motion)) * kDegreesPerRadian);
    percent.push_back(100 * Norm(LinearPart(motion)) / data::kAlignedDistance);
  }
  if (degrees.empty()) return;
  const size_t count = degrees.size();
  reporter.Note(StrCat("Refined poses: ", count, " cameras moved by ", FormatFixed(Median(degrees), 2), " degrees and ",
                       FormatFixed(Median(percent), 2), " % of the scene, in the median"));
}

// The factor of each lens.
void ReportFocalChanges(Reporter& reporter, const std::vector<double>& changes) {
  if (changes.empty()) return;
  std::string factors;
  for (const double change : changes) factors += (factors.empty() ? "" : ", ") + FormatFixed(std::exp(change), 4);
  reporter.Note(StrCat("Refined focal length: ", factors, " times that of the start",
                       changes.size() > 1 ? ", in the order of lenses" : ""));
}

// What was added to the distortion of each lens.
void ReportDistortionChanges(Reporter& reporter, const std::vector<double>& changes) {
  if (changes.empty()) return;
  std::string texts;
  for (const double change : changes) {
    texts += StrCat(texts.empty() ? "" : ", ", change < 0 ? "" : "+", FormatFixed(change, 4));
  }
  reporter.Note(StrCat("Refined distortion: k1 ", texts, changes.size() > 1 ? ", in the order of lenses" : ""));
}

// Warns if not all lenses can be refined. A fisheye lens is a polynomial of an angle, which no other focal length gives
// the same photo, and which has no coefficient of r^2.
void WarnOfLensesThatStay(Reporter& reporter, const data::Dataset& dataset, const train::PoseConfig& config) {
  const auto stays = [](const data::View& view) { return !data::TakesFocalFactor(view.intrinsics.model); };
  const auto found = std::find_if(dataset.views.begin(), dataset.views.end(), stays);
  if (found == dataset.views.end()) return;
  const std::string rest = StrCat(" of ", data::CameraModelName(found->intrinsics.model), " cameras, such as that of ",
                                  found->name, ", and of others of their lens stays as it is");
  if (config.focal == "on") reporter.Warn("--refine-focal on: the focal length" + rest);
  if (config.distortion == "on") reporter.Warn("--refine-distortion on: the distortion" + rest);
}

// Warns if no distortion changes before the end of the steps in which it could.
void WarnOfTooShortARun(Reporter& reporter, const data::Dataset& dataset, const train::TrainConfig& config) {
  const train::PoseWindow window = train::DistortionWindowOf(config.poses, config.iterations);
  const size_t photos = dataset.ViewsOf(Split::kTrain).size();
  if (config.poses.distortion == "off" || window.until - window.from >= int(photos)) return;
  reporter.Warn(StrCat("--refine-distortion on: the distortion of all lenses stays as it is, for a run of ",
                       config.iterations, " steps is too short to look at each of ", photos, " photos"));
}

}  // namespace

SplatModel TrainScene(const Run& run, const data::Dataset& dataset) {
  RunSummary& summary = run.summary;
  train::TrainCallbacks callbacks;
  callbacks.stop = [&] { return run.reporter.StopRequested(); };
  callbacks.log = run.reporter.Sink();
  callbacks.progress = [&](const train::TrainProgress& now) {
    summary.train_loss = now.loss;
    ReportStep(run.reporter, now);
  };
  WarnOfLensesThatStay(run.reporter, dataset, run.options.config.poses);
  WarnOfTooShortARun(run.reporter, dataset, run.options.config);
  run.reporter.Begin(Stage::kTraining, "Training");
  train::TrainResult result = train::TrainOn(run.backend, dataset, run.options.config, callbacks);
  summary.training_views = dataset.ViewsOf(Split::kTrain).size();
  summary.training = static_cast<const train::TrainReport&>(result);
  summary.threads = ProcessExecutor().Threads();
  run.reporter.End(StrCat(result.error.empty() && result.interrupted ? "ended by the user after " : "",
                          FormatCount(result.steps_done), " steps in ", FormatDuration(result.seconds), ", ",
                          FormatCount(result.model.count()), " splats, loss ", FormatFixed(summary.train_loss, 4)),
                   {{"step", double(result.steps_done)},
                    {"loss", summary.train_loss},
                    {"splats", double(result.model.count())},
                    {"seconds", result.seconds}});
  ReportMotions(run.reporter, result.motions);
  ReportFocalChanges(run.reporter, result.focal_changes);
  ReportDistortionChanges(run.reporter, result.distortion_changes);
  return std::move(result.model);
}

}  // namespace splat::pipeline
