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
  reporter.Note(StrCat("Refined focal length: ", factors, " times the given one",
                       changes.size() > 1 ? ", in the order of lenses" : ""));
}

// A fisheye lens is a polynomial of an angle, which no other focal length gives the same photo.
void WarnOfFocalLengthsThatStay(Reporter& reporter, const data::Dataset& dataset) {
  for (const data::View& view : dataset.views) {
    if (data::TakesFocalFactor(view.intrinsics.model)) continue;
    reporter.Warn(StrCat("--refine-focal on: the focal length of ", data::CameraModelName(view.intrinsics.model),
                         " cameras, such as that of ", view.name, ", and of others of their lens stays as it is"));
    return;
  }
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
  if (run.options.config.poses.focal == "on") WarnOfFocalLengthsThatStay(run.reporter, dataset);
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
  return std::move(result.model);
}

}  // namespace splat::pipeline
