#include <filesystem>
#include <optional>

#include "core/check.h"
#include "core/format.h"
#include "core/interrupted.h"
#include "data/photos/render_mark.h"
#include "pipeline/render_names.h"
#include "pipeline/stages.h"
#include "quality/metrics.h"
#include "train/fit_poses.h"
#include "train/photo_loading.h"
#include "train/pose_refinement.h"

namespace splat::pipeline {
namespace {

constexpr const char* kFittingInterrupted = "the fitting of the poses of held-out views was interrupted";

// What a photo that is held out differs in from the mean of the others is known to nobody, so its views are also
// compared after the colours have been fitted.
quality::EvaluationPlan PlanOf() {
  quality::EvaluationPlan plan;
  plan.corrections = {quality::CorrectionNamed("affine")};
  return plan;
}

using Numbers = std::vector<std::pair<std::string, double>>;

// "PSNR 31.81 dB, SSIM 0.9312", and the same as numbers.
std::string TextOf(const Run& run, const quality::Evaluation& evaluation, Numbers& numbers) {
  std::string text;
  for (size_t i = 0; i < evaluation.plan.metrics.size(); ++i) {
    const quality::Metric& metric = evaluation.plan.metrics[i];
    const double mean = evaluation.means.raw[i];
    text += StrCat(text.empty() ? "" : ", ", metric.title, " ", FormatFixed(mean, metric.decimals),
                   *metric.unit ? " " : "", metric.unit);
    numbers.emplace_back(metric.name, mean);
  }
  if (!run.summary.training.photo_colors) return text;
  const size_t psnr = quality::IndexOfMetric(evaluation.plan.metrics, "psnr");
  const quality::Metric& metric = evaluation.plan.metrics[psnr];
  for (size_t k = 0; k < evaluation.plan.corrections.size(); ++k) {
    const double mean = evaluation.means.corrected[k][psnr];
    const quality::Correction& correction = evaluation.plan.corrections[k];
    text += StrCat(", ", metric.title, " ", FormatFixed(mean, metric.decimals), " ", metric.unit, " after ",
                   correction.title, " correction");
    numbers.emplace_back(StrCat(metric.name, "_", correction.name), mean);
  }
  return text;
}

// Keeps the images of the views that --save-renders asks for. The first that cannot be written is the last: a disk
// that is full stays full.
class RenderKeeper {
 public:
  RenderKeeper(const Run& run, Failures& failures) : run_(run), failures_(failures), on_(run.options.save_renders) {}

  void Keep(const quality::ComparedView& compared) {
    if (!on_) return;
    const std::string name = names_.NameFor(compared.view.name);
    try {
      const std::string folder = run_.output / data::kRendersFolder;
      std::filesystem::create_directories(folder);
      data::WriteRender(StrCat(folder, "/", name, data::kRenderEnding, ".png"), compared.render);
      data::WriteRender(StrCat(folder, "/", name, data::kPhotoEnding, ".png"), compared.photo.image);
    } catch (const std::exception& error) {
      failures_.push_back(ReasonOf(error));
      on_ = false;
    }
  }

 private:
  const Run& run_;
  Failures& failures_;
  bool on_;
  RenderNames names_;
};

// Where the cameras of the training photos were refined, those of the held-out ones are as far off as they came: the
// scene is also compared after they have been fitted.
std::optional<quality::Evaluation> EvaluateFitted(const Run& run, const data::Dataset& dataset,
                                                  const SplatModel& on_device, const std::vector<int>& views) {
  train::PoseFit fit;
  fit.dataset = &dataset;
  fit.views = views;
  fit.config = run.options.config;
  fit.on_view = [&](int done) {
    run.reporter.ThrowIfStopped(kFittingInterrupted);
    run.reporter.Progress(double(done) / double(views.size()),
                          StrCat(done, "/", views.size(), "  fitting the poses of held-out views"));
  };
  size_t compared = 0;
  const auto on_view = [&](const quality::ComparedView& view) {
    run.reporter.ThrowIfStopped(kFittingInterrupted);
    ++compared;
    run.reporter.Progress(double(compared) / double(views.size()),
                          StrCat(compared, "/", views.size(), "  ", view.view.name, " at its fitted pose"));
  };
  try {
    const LogSink log = run.reporter.Sink();
    const data::Dataset fitted = train::WithMotions(dataset, train::FitPoses(run.backend, on_device, fit, log));
    data::ViewLoader loader(fitted, train::LoadingFor(run.backend, run.options.config), log);
    return quality::Evaluate(on_device, fitted, views, loader, PlanOf(), on_view);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    run.reporter.Warn(StrCat("the poses of held-out views were not fitted: ", ReasonOf(error)));
    return std::nullopt;
  }
}

// The views as they came. `stoppable`: not where a stop has ended the training already.
quality::Evaluation Evaluate(const Run& run, const data::Dataset& dataset, const SplatModel& on_device,
                             const std::vector<int>& views, bool stoppable, Failures& failures) {
  data::ViewLoader loader(dataset, train::LoadingFor(run.backend, run.options.config), run.reporter.Sink());
  RenderKeeper keeper(run, failures);
  size_t done = 0;
  const auto on_view = [&](const quality::ComparedView& compared) {
    if (stoppable) run.reporter.ThrowIfStopped("the evaluation was interrupted");
    ++done;
    run.reporter.Progress(double(done) / double(views.size()),
                          StrCat(done, "/", views.size(), "  ", compared.view.name));
    keeper.Keep(compared);
  };
  quality::Evaluation evaluation = quality::Evaluate(on_device, dataset, views, loader, PlanOf(), on_view);
  for (const quality::LeftOutView& view : evaluation.left_out) {
    run.reporter.Warn(StrCat(view.reason, "; the held-out view ", view.name, " is left out"));
  }
  SPLAT_CHECK(!evaluation.views.empty(),
              "none of the held-out views could be compared: ", evaluation.left_out.front().reason);
  return evaluation;
}

// Tells the figures of the summary.
void EndWithFigures(const Run& run, const quality::Evaluation& evaluation) {
  Numbers numbers = {{"test_views", double(evaluation.views.size())}};
  std::string text = StrCat(TextOf(run, evaluation, numbers), " over ", evaluation.views.size(), " held-out views");
  if (run.summary.fitted_evaluation) {
    Numbers fitted;
    text += StrCat("; ", TextOf(run, *run.summary.fitted_evaluation, fitted), " with their own poses fitted");
    for (const auto& [name, value] : fitted) numbers.emplace_back(name + "_fitted_pose", value);
  }
  run.reporter.End(text, std::move(numbers));
}

}  // namespace

Failures EvaluateScene(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  const std::vector<int> views = dataset.ViewsOf(Split::kTest);
  Failures failures;
  if (views.empty()) {
    if (run.options.save_renders) run.reporter.Warn("--save-renders: no photo is held out (--test-every 0)");
    return failures;
  }
  const bool stoppable = !run.reporter.StopRequested();
  try {
    run.reporter.Begin(Stage::kEvaluation, "Evaluation");
    const SplatModel on_device = ToDevice(model, run.backend.device);
    run.summary.evaluation = Evaluate(run, dataset, on_device, views, stoppable, failures);
    if (!run.summary.training.motions.empty() && stoppable) {
      run.summary.fitted_evaluation = EvaluateFitted(run, dataset, on_device, views);
    }
  } catch (const Interrupted& interrupted) {
    run.summary.evaluation_error = interrupted.what();
    run.reporter.Warn(interrupted.what());
  } catch (const std::exception& error) {
    run.summary.evaluation_error = ReasonOf(error);
    failures.push_back(ReasonOf(error));
  }
  if (run.summary.evaluation) EndWithFigures(run, *run.summary.evaluation);
  return failures;
}

}  // namespace splat::pipeline
