// splat-eval: a scene, photos and their poses in, figures of quality out.
#include "apps/cli/claimed_folder.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/program.h"
#include "apps/cli/progress.h"
#include "apps/eval/eval_images.h"
#include "apps/eval/eval_options.h"
#include "apps/eval/eval_report.h"
#include "core/check.h"
#include "core/format.h"
#include "data/photos/render_mark.h"
#include "formats/exporter.h"
#include "pipeline/camera_files.h"
#include "pipeline/empty_images.h"
#include "quality/lpips.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/scene_model.h"
#include "train/choose_backend.h"
#include "train/photo_loading.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

namespace splat::apps {
namespace {

quality::EvaluationPlan PlanOf(const EvalOptions& options, const torch::Device& device) {
  quality::EvaluationPlan plan = {quality::Metrics(), quality::Corrections()};
  if (!options.lpips.empty()) plan.metrics.push_back(quality::LpipsMetric(options.lpips, device));
  return plan;
}

// Shows warnings and remembers them for the report.
LogSink WarningsTo(Progress& progress, std::vector<std::string>& warnings) {
  return [&](LogLevel level, const std::string& line) {
    progress.Sink()(level, line);
    if (level == LogLevel::kWarning) warnings.push_back(line);
  };
}

// What is said: how far it is, and, in the report as well, warnings.
struct Output {
  Progress& progress;
  LogSink log;
};

// Compares the views, shows how far it is, and keeps images.
quality::Evaluation Compare(const SplatModel& model, const pipeline::EvaluationViews& views,
                            const quality::EvaluationPlan& plan, data::ViewLoader& loader, EvalImages& images,
                            const Output& output) {
  Progress& progress = output.progress;
  bool is_anything_seen = false;
  size_t done = 0;
  const auto on_view = [&](const quality::ComparedView& compared) {
    ThrowIfInterrupted(StrCat("interrupted after ", done, " of ", views.chosen.size(), " views"));
    is_anything_seen = is_anything_seen || pipeline::ShowsSomething(compared.render);
    images.Take(compared);
    ++done;
    progress.Update(double(done) / double(views.chosen.size()),
                    StrCat(done, "/", views.chosen.size(), "  ", compared.view.name));
  };
  progress.Begin("Evaluation");
  quality::Evaluation evaluation = quality::Evaluate(model, views.dataset, views.chosen, loader, plan, on_view);
  for (const quality::LeftOutView& view : evaluation.left_out) {
    LogWarning(output.log, StrCat(view.reason, "; the view ", view.name, " is left out"));
  }
  SPLAT_CHECK(!evaluation.views.empty(), "none of the views could be compared: ", evaluation.left_out.front().reason);
  progress.End(StrCat(evaluation.views.size(), " views, ", FormatCount(model.count()), " splats"));
  if (!is_anything_seen) LogWarning(output.log, pipeline::kShowsNothing);
  return evaluation;
}

// The folder may have served an evaluation of another scene. Files that cannot be removed are overwritten or stay, and
// those of others always do. Throws splat::Error if the report would replace one of these.
void RemoveEarlierResults(const std::string& folder) {
  const std::filesystem::path report = std::filesystem::path(folder) / kEvaluationFile;
  SPLAT_CHECK(IsFreeForEvaluation(report.string()), report.string(),
              ": exists already and is no report of splat-eval; choose another folder");
  std::error_code ignored;
  std::filesystem::remove(report, ignored);
  data::RemoveRenders((std::filesystem::path(folder) / kWorstFolder).string());
}

int EvaluateScene(const EvalOptions& options) {
  const InterruptHandler interrupt_handler;
  Progress progress(std::cout, std::cerr, Progress::ForStandardOutput(options.verbosity));
  EvalReport report;
  const LogSink log = WarningsTo(progress, report.warnings);
  UseThreads(options.threads);
  const train::Backend backend = train::ChooseBackend(options.device);
  SplatCloud cloud = formats::ReadDrawableScene(options.scene);
  for (const std::string& warning : formats::WarningsOf(cloud, options.scene)) LogWarning(log, warning);
  const SplatModel model = ModelOf(std::move(cloud));
  const HostModel host(model);
  const pipeline::EvaluationViews views = pipeline::OpenEvaluationViews(options, SplatSelection(host.View()), log);
  progress.Info(StrCat(views.chosen.size(), " of ", views.dataset.views.size(), " views in ", views.photos,
                       ", cameras of ", views.cameras));
  const quality::EvaluationPlan plan = PlanOf(options, backend.device);
  const std::unique_ptr<FileLock> claim = options.output.empty() ? nullptr : ClaimFolder(options.output);
  if (claim) RemoveEarlierResults(options.output);
  data::ViewLoader loader(views.dataset, train::LoadingFor(backend, {}), log);
  EvalImages images(options);
  report.evaluation = Compare(ToDevice(model, backend.device), views, plan, loader, images, {progress, log});
  for (const std::string& line : TableOf(report.evaluation)) progress.Info(line);
  report.files = images.Finish();
  if (!options.output.empty()) {
    const std::string path = (std::filesystem::path(options.output) / kEvaluationFile).string();
    WriteEvaluation(path, options, views, report);
    progress.Info(path);
  }
  SPLAT_CHECK(images.failure().empty(), images.failure());
  return 0;
}

}  // namespace
}  // namespace splat::apps

int main(int argc, char** argv) {
  return splat::apps::RunProgram("splat-eval", [&] {
    const auto options = splat::apps::ParseEvalOptions(argc, argv);
    return options ? splat::apps::EvaluateScene(*options) : 0;
  });
}
