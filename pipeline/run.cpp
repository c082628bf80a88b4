#include "pipeline/run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/changed_lens.h"
#include "data/poses/pose_source.h"
#include "pipeline/run_files.h"
#include "pipeline/stages.h"
#include "rasterizer/torch/process_executor.h"
#include "train/choose_backend.h"
#include "train/pose_refinement.h"
#include "train/settings/default_steps.h"
#include "train/trainer.h"

namespace splat::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

// Tells of the files of the scene, each with its size.
void ReportScene(const Run& run) {
  const RunSummary& summary = run.summary;
  run.reporter.Note(
      StrCat("Scene: ", FormatCount(summary.splats), " splats, ", FormatDuration(summary.total_seconds), " in all"));
  for (const WrittenFormat& written : summary.written) {
    for (const std::string& file : written.files) {
      std::error_code error;
      const double megabytes = double(std::filesystem::file_size(file, error)) / 1e6;
      // A file that is gone again is not told of.
      if (!error) run.reporter.Wrote({file}, StrCat("  ", file, " (", FormatFixed(megabytes, 1), " MB)"));
    }
  }
  // A page whose splats lie beside it opens from a server only, of which WriteScene has told.
  const auto opens = [](const WrittenFormat& written) { return written.format == "html" && written.files.size() == 1; };
  const bool has_page = std::any_of(summary.written.begin(), summary.written.end(), opens);
  run.reporter.Note(
      has_page ? "scene.html opens in any browser; viewers of Gaussian splats open the others."
               : "Any viewer of Gaussian splats opens it, for example https://superspl.at/editor in a browser.");
}

// The stages behind the scene: what fails in one does not keep the next from its work.
void JudgeScene(const Run& run, const data::Dataset& dataset, const SplatModel& model, Failures& failures) {
  const auto add = [&](const Failures& more) { failures.insert(failures.end(), more.begin(), more.end()); };
  add(EvaluateScene(run, dataset, model));
  add(CheckFiles(run, dataset, model));
}

// What is computed is written before a failure ends the run: all of them are thrown at the end.
void RunStages(const Run& run) {
  const Clock::time_point start = Clock::now();
  const data::Dataset prepared = PreparePhotos(run, FindPoses(run));
  CheckRoom(run, prepared);
  CheckColmapExport(run, prepared);
  run.reporter.ThrowIfStopped("interrupted before the training began");
  const SplatModel model = TrainScene(run, prepared);
  const train::TrainReport& training = run.summary.training;
  const data::Dataset dataset = train::WithFocalChanges(
      data::WithRadialChanges(train::WithMotions(prepared, training.motions), training.distortion_changes),
      training.focal_changes);
  Failures failures = WriteOrRescueScene(run, dataset, model);
  if (!run.summary.training.error.empty()) failures.push_back(run.summary.training.error);
  JudgeScene(run, dataset, model, failures);
  run.summary.total_seconds = std::chrono::duration<double>(Clock::now() - start).count();
  try {
    WriteMetrics(run.output / "metrics.json", run.summary);
  } catch (const std::exception& error) {
    failures.push_back(ReasonOf(error));
  }
  ReportScene(run);
  std::string text;
  for (const std::string& failure : failures) text += (text.empty() ? "" : "; and ") + failure;
  SPLAT_CHECK(failures.empty(), text);
}

}  // namespace

RunSummary PhotosToScene(const RunOptions& asked, const Client& client) {
  Reporter reporter(client);
  RunOptions options = asked;
  const train::Backend backend = train::ChooseBackend(options.config.device);
  options.config.iterations = train::StepsOf(options.config, backend.is_device);  // config.json says it, too
  std::copy(options.config.background.begin(), options.config.background.end(), options.dataset.background.begin());
  UseThreads(options.config.threads);
  const data::PhotoFolder photos = data::OpenPhotoFolder(options.images);
  OutputFolder output(options.output.empty() ? DefaultOutput(photos.path) : options.output, options.overwrite);
  output.CheckHoldsNoPhotos(photos.path);
  if (options.save_renders) output.CheckTakesRenders();
  CheckColmapFolder(options.export_colmap);
  RunSummary summary;
  summary.device = backend.is_device ? "cuda" : "cpu";
  summary.output = output.path();
  RunStages({options, photos, backend, output, reporter, summary});
  return summary;
}

}  // namespace splat::pipeline
