#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "core/interrupted.h"
#include "data/photos/image_io.h"
#include "pipeline/stages.h"
#include "quality/metrics.h"

namespace splat::pipeline {
namespace {

// "PSNR 31.81 dB, SSIM 0.9312", and the same as numbers.
std::string TextOf(const quality::Evaluation& evaluation, std::vector<std::pair<std::string, double>>& numbers) {
  std::string text;
  for (size_t i = 0; i < quality::Metrics().size(); ++i) {
    const quality::Metric& metric = quality::Metrics()[i];
    text += StrCat(text.empty() ? "" : ", ", metric.title, " ", FormatFixed(evaluation.means[i], metric.decimals),
                   *metric.unit ? " " : "", metric.unit);
    numbers.emplace_back(metric.name, evaluation.means[i]);
  }
  return text;
}

quality::Evaluation Evaluate(const Run& run, const data::Dataset& dataset, const SplatModel& model,
                             const std::vector<int>& views) {
  data::ViewLoader loader(dataset, LoaderOptions(run.options), run.reporter.Sink());
  RenderNames names;
  size_t done = 0;
  const bool already_stopped = run.reporter.StopRequested();
  const auto on_view = [&](const data::View& view, const Image8& photo, const Image8& render) {
    if (!already_stopped) run.reporter.ThrowIfStopped("the evaluation was interrupted");
    ++done;
    run.reporter.Progress(double(done) / double(views.size()), StrCat(done, "/", views.size(), "  ", view.name));
    if (!run.options.save_renders) return;
    const std::string name = names.NameFor(view.name);
    data::WriteImage(run.output / "renders/" + name + "_render.png", render);
    data::WriteImage(run.output / "renders/" + name + "_photo.png", photo);
  };
  if (run.options.save_renders) std::filesystem::create_directories(run.output / "renders");
  run.reporter.Begin(Stage::kEvaluation, "Evaluation");
  quality::Evaluation evaluation =
      quality::Evaluate(ToDevice(model, run.backend.device), dataset, views, loader, on_view);
  std::vector<std::pair<std::string, double>> numbers = {{"test_views", double(views.size())}};
  const std::string text = TextOf(evaluation, numbers);
  run.reporter.End(StrCat(text, " over ", views.size(), " held-out views"), std::move(numbers));
  return evaluation;
}

}  // namespace

Failure EvaluateScene(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  const std::vector<int> views = dataset.ViewsOf(Split::kTest);
  if (views.empty()) {
    if (run.options.save_renders) run.reporter.Warn("--save-renders: no photo is held out (--test-every 0)");
    return nullptr;
  }
  try {
    run.summary.evaluation = Evaluate(run, dataset, model, views);
  } catch (const Interrupted& interrupted) {
    run.summary.evaluation_error = interrupted.what();
    run.reporter.Warn(interrupted.what());
  } catch (const std::exception& error) {
    run.summary.evaluation_error = error.what();
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace splat::pipeline
