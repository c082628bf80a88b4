#include "core/check.h"
#include "pipeline/stages.h"
#include "quality/export_photo_check.h"
#include "train/photo_loading.h"

namespace splat::pipeline {
namespace {

// Fills in summary.checks, a row for each format; returns the files' errors.
Failures CompareFiles(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  const bool already_stopped = run.reporter.StopRequested();
  run.reporter.Begin(Stage::kChecking, "Checking the files");
  const SplatModel on_device = ToDevice(model, run.backend.device);
  data::ViewLoader loader(dataset, train::LoadingFor(run.backend, run.options.config), run.reporter.Sink());
  const quality::ExportPhotoCheck check(on_device, dataset, loader);
  run.summary.checked_views = check.views();
  Failures failures;
  for (const WrittenFormat& written : run.summary.written) {
    if (!already_stopped) run.reporter.ThrowIfStopped("the check of the files was interrupted");
    run.reporter.Progress(double(run.summary.checks.size()) / double(run.summary.written.size()), written.format);
    run.summary.checks.push_back(check.Check(written.format, written.files, run.summary.splats - written.left_out));
    const std::string& error = run.summary.checks.back().error;
    if (!error.empty()) failures.push_back(error);
  }
  return failures;
}

}  // namespace

Failures CheckFiles(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  Failures failures;
  try {
    failures = CompareFiles(run, dataset, model);
  } catch (const std::exception& error) {
    run.summary.check_error = ReasonOf(error);
    run.reporter.Warn(StrCat("the files were not checked to the end: ", ReasonOf(error)));
    for (const quality::FileCheck& check : run.summary.checks) {
      if (!check.error.empty()) failures.push_back(check.error);
    }
  }
  if (!run.summary.checks.empty()) {
    for (const std::string& line : quality::TableOf(run.summary.checks, run.summary.checked_views)) {
      run.reporter.Note(line);
    }
  }
  return failures;
}

}  // namespace splat::pipeline
