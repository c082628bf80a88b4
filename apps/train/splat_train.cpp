// splat-train: photos in, scene out. Parses, composes and reports; the work is done by the libraries.
#include "apps/cli/interrupt.h"
#include "apps/cli/program.h"
#include "apps/cli/progress.h"
#include "apps/train/outputs.h"
#include "apps/train/train_options.h"
#include "core/check.h"
#include "core/format.h"
#include "data/dataset/view_loader.h"
#include "data/photos/image_io.h"
#include "data/poses/pose_source.h"
#include "quality/scene_check.h"
#include "rasterizer/torch/libtorch.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/scene_model.h"
#include "rasterizer/torch/torch_device.h"
#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>

namespace splat::apps {
namespace {

namespace fs = std::filesystem;
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

// Runs COLMAP in OUT/sfm, where a later run finds what is done, and lists the photos it could not place.
data::SfmResult RunStructureFromMotion(const TrainOptions& options, const std::string& images,
                                       const OutputFolder& output, Progress& progress) {
  data::SfmOptions sfm_options = options.sfm;
  sfm_options.cancelled = InterruptRequested;
  std::string stage;
  const auto show = [&](const data::SfmProgress& step) {
    std::string name = StageName(step.stage);
    if (step.attempt > 1) name += StrCat(" (attempt ", step.attempt, ")");
    if (name != stage) progress.Begin(name);
    stage = name;
    progress.Update(step.fraction, step.text);
  };
  try {
    const Clock::time_point start = Clock::now();
    progress.Begin("Structure from motion");
    data::SfmResult result = data::RunSfm(images, output / "sfm", sfm_options, show, progress.Sink());
    for (const std::string& note : result.notes) progress.Info(note);
    progress.Info(StrCat("Structure from motion: ", result.photos_registered, " of ", result.photos_given,
                         " photos placed, ", FormatCount(int64_t(result.points)), " points, mean reprojection error ",
                         FormatFixed(result.mean_reprojection_error_px, 2), " px, ",
                         FormatDuration(SecondsSince(start))));
    for (const std::string& name : result.left_out) {
      progress.Warn(StrCat("photo left out, COLMAP could not place it: ", name));
    }
    return result;
  } catch (const data::SfmCancelled&) {
    throw Interrupted(StrCat("interrupted; what COLMAP had finished is kept in ", output / "sfm",
                             " and the next run continues there"));
  }
}

// The cameras, from where --poses says.
data::SceneDescription ReadScene(const TrainOptions& options, const std::string& images, const OutputFolder& output,
                                 Progress& progress, RunSummary& summary) {
  std::string source = options.poses;
  if (options.poses == "auto") {
    const auto found = data::FindPoses(images);
    source = found ? *found : "sfm";
    if (!found) progress.Info("No poses lie with the photos: COLMAP finds them.");
  }
  if (source == "sfm") {
    summary.sfm = RunStructureFromMotion(options, images, output, progress);
    source = summary.sfm->model_folder;
  }
  data::SceneDescription scene = data::ReadPoses(source, images);
  for (const std::string& warning : scene.warnings) progress.Warn(warning);
  summary.poses_source = scene.source;
  progress.Info(StrCat("Poses: ", scene.source));
  return scene;
}

data::Dataset PrepareDataset(const TrainOptions& options, const data::SceneDescription& scene, Progress& progress) {
  progress.Begin("Photos");
  data::Dataset dataset = data::BuildDataset(scene, options.dataset, progress.Sink());
  const size_t test_views = dataset.ViewsOf(Split::kTest).size();
  const Camera& first = dataset.views.front().camera;
  progress.End(StrCat(dataset.views.size() - test_views, " for training, ", test_views, " held out, ", first.width,
                      " x ", first.height, " px; ", FormatCount(int64_t(dataset.points.positions.size())), " points"));
  return dataset;
}

train::TrainResult TrainScene(const train::Backend& backend, const TrainOptions& options, const data::Dataset& dataset,
                              Progress& progress, RunSummary& summary) {
  train::TrainCallbacks callbacks;
  callbacks.stop = InterruptRequested;
  callbacks.log = progress.Sink();
  callbacks.progress = [&](const train::TrainProgress& now) {
    summary.train_loss = now.loss;
    progress.Update(double(now.step) / now.steps,
                    StrCat(now.step, "/", now.steps, "  loss ", FormatFixed(now.loss, 4), "  ", FormatCount(now.splats),
                           " splats  ", FormatFixed(now.steps_per_second, 1), " it/s  ",
                           FormatDuration(now.seconds_left), " left"));
  };
  progress.Begin("Training");
  train::TrainResult result = train::TrainOn(backend, dataset, options.config, callbacks);
  summary.training_views = dataset.ViewsOf(Split::kTrain).size();
  summary.iterations = result.steps_done;
  summary.interrupted = result.interrupted;
  summary.training_seconds = result.seconds;
  summary.threads = ProcessExecutor().Threads();
  progress.End(StrCat(result.interrupted ? "ended by the user after " : "", FormatCount(result.steps_done),
                      " steps in ", FormatDuration(result.seconds), ", ", FormatCount(result.model.count()),
                      " splats, loss ", FormatFixed(summary.train_loss, 4)));
  return result;
}

// SOG's clustering on the GPU of the training. Where the GPU cannot, for want of memory for example, the user is told
// and the CPU does it: a scene that was trained must not be lost for that.
formats::PartsFitter PartsFitterOf(const train::Backend& backend, Progress& progress) {
  const formats::FitPartsOnGpu fit = formats::CudaFitParts();
  if (!backend.is_device || !fit) return {};
  return [device = backend.device, fit, &progress](const formats::PartsParams& params) {
    try {
      const StageScope scope(device);
      return fit(scope.context(), params, formats::kMostPointsOnGpu);
    } catch (const std::exception& error) {
      const std::string text = error.what();  // LibTorch's has many lines
      progress.Warn(
          StrCat("SOG's colours are clustered on the CPU, as the GPU could not: ", text.substr(0, text.find('\n'))));
      return formats::FitParts(params, ProcessExecutor());
    }
  };
}

// For a page: opens at the first training camera.
formats::ExportOptions ExportOptionsFor(const train::Backend& backend, const TrainOptions& options,
                                        const data::Dataset& dataset, const SplatSelection& splats,
                                        Progress& progress) {
  formats::ExportOptions export_options;
  export_options.seed = options.config.seed;
  export_options.executor = &ProcessExecutor();
  export_options.fit_parts = PartsFitterOf(backend, progress);
  std::vector<Camera> cameras;
  for (const int view : dataset.ViewsOf(Split::kTrain)) cameras.push_back(dataset.views[size_t(view)].camera);
  export_options.viewer = formats::SettingsFromCameras(cameras, splats);
  return export_options;
}

// Writes the scene in every format asked for. One that cannot hold it does not keep the others from being written: the
// first failure is returned, unless nothing could be written at all, which is thrown.
std::exception_ptr WriteFormats(const train::Backend& backend, const TrainOptions& options,
                                const data::Dataset& dataset, const SplatModel& model, const OutputFolder& output,
                                Progress& progress, RunSummary& summary) {
  const HostModel host(model);
  SplatCloudView view = host.View();
  view.background = options.config.background;
  const SplatSelection splats(view);
  formats::ExportOptions export_options = ExportOptionsFor(backend, options, dataset, splats, progress);
  std::exception_ptr failure;
  std::vector<std::string> failed;
  // SOG before the page, which takes its splats from there.
  std::vector<std::string> formats = options.formats;
  std::stable_partition(formats.begin(), formats.end(), [](const std::string& name) { return name == "sog"; });
  for (const std::string& name : formats) {
    const formats::Exporter& exporter = formats::ExporterNamed(name);
    progress.Begin("Writing scene" + exporter.extension);
    try {
      const formats::WrittenScene written =
          formats::WriteScene(output.Scene(exporter), exporter, splats, export_options);
      if (!written.note.empty()) progress.Info(written.note);
      summary.written.emplace_back(name, written.files);
      if (name == "sog") export_options.sog_file = written.files.back();  // a page need not cluster again
    } catch (const Error&) {
      if (!failure) failure = std::current_exception();
      failed.push_back(output.Scene(exporter));
    }
  }
  if (failed.size() == options.formats.size()) std::rethrow_exception(failure);
  for (const std::string& path : failed) fs::remove(path);  // of an earlier run
  summary.splats = splats.count();
  return failure;
}

std::exception_ptr WriteScene(const train::Backend& backend, const TrainOptions& options, const data::Dataset& dataset,
                              const SplatModel& model, const OutputFolder& output, Progress& progress,
                              RunSummary& summary) {
  output.RemoveOldResults(options.formats);
  std::exception_ptr failure = WriteFormats(backend, options, dataset, model, output, progress, summary);
  WriteCameras(output / "cameras.json", dataset);
  WriteSceneTransform(output / "scene_transform.json", dataset, summary.poses_source);
  WriteRunConfig(output / "config.json", options, summary);
  return failure;
}

data::ViewLoader::Options LoaderOptions(const TrainOptions& options) {
  data::ViewLoader::Options loader_options;
  loader_options.cache_bytes = int64_t(options.config.cache_gigabytes * 1e9);
  return loader_options;
}

// Compares the held-out views with their photos, and keeps the images if asked to. The model lies on the device that
// renders.
quality::Evaluation EvaluateScene(const TrainOptions& options, const data::Dataset& dataset, const SplatModel& model,
                                  const OutputFolder& output, Progress& progress) {
  const std::vector<int> views = dataset.ViewsOf(Split::kTest);
  data::ViewLoader loader(dataset, LoaderOptions(options), progress.Sink());
  RenderNames names;
  size_t done = 0;
  const bool already_interrupted = InterruptRequested();
  const auto on_view = [&](const data::View& view, const Image8& photo, const Image8& render) {
    if (!already_interrupted) ThrowIfInterrupted("the evaluation was interrupted");
    ++done;
    progress.Update(double(done) / double(views.size()), StrCat(done, "/", views.size(), "  ", view.name));
    if (!options.save_renders) return;
    const std::string name = names.NameFor(view.name);
    data::WriteImage(output / "renders/" + name + "_render.png", render);
    data::WriteImage(output / "renders/" + name + "_photo.png", photo);
  };
  if (options.save_renders) fs::create_directories(output / "renders");
  progress.Begin("Evaluation");
  quality::Evaluation evaluation = quality::Evaluate(model, dataset, views, loader, on_view);
  progress.End(StrCat("PSNR ", FormatFixed(evaluation.psnr, 2), " dB, SSIM ", FormatFixed(evaluation.ssim, 4), " over ",
                      views.size(), " held-out views"));
  return evaluation;
}

// The evaluation, if there is something to evaluate. A failure is kept in the summary and returned: what else there is
// to write must be written first.
std::exception_ptr TryEvaluate(const TrainOptions& options, const data::Dataset& dataset, const SplatModel& model,
                               const OutputFolder& output, Progress& progress, RunSummary& summary) {
  if (dataset.ViewsOf(Split::kTest).empty()) {
    if (options.save_renders) progress.Warn("--save-renders: no photo is held out (--test-every 0)");
    return nullptr;
  }
  try {
    summary.evaluation = EvaluateScene(options, dataset, model, output, progress);
  } catch (const Interrupted& interrupted) {
    summary.evaluation_error = interrupted.what();
    progress.Warn(interrupted.what());
  } catch (const std::exception& error) {
    summary.evaluation_error = error.what();
    return std::current_exception();
  }
  return nullptr;
}

// Reads the scene files back and compares what they show with the scene. A broken one is an error, which is returned;
// what keeps them from being compared is only said.
std::exception_ptr CheckFiles(const TrainOptions& options, const data::Dataset& dataset, const SplatModel& model,
                              Progress& progress, RunSummary& summary) {
  const bool already_interrupted = InterruptRequested();
  std::exception_ptr failure;
  try {
    progress.Begin("Checking the files");
    data::ViewLoader loader(dataset, LoaderOptions(options), progress.Sink());
    const quality::SceneCheck check(model, dataset, loader);
    summary.checked_views = check.views();
    for (const auto& [format, files] : summary.written) {
      if (!already_interrupted) ThrowIfInterrupted("the check of the files was interrupted");
      progress.Update(double(summary.checks.size()) / double(summary.written.size()), format);
      summary.checks.push_back(check.Check(format, files, summary.splats));
      const std::string& error = summary.checks.back().error;
      if (!failure && !error.empty()) failure = std::make_exception_ptr(Error(error));
    }
  } catch (const std::exception& error) {
    summary.check_error = error.what();
    progress.Warn(StrCat("the files were not checked to the end: ", error.what()));
  }
  if (!summary.checks.empty()) {
    for (const std::string& line : quality::TableOf(summary.checks, summary.checked_views)) progress.Info(line);
  }
  return failure;
}

void ReportScene(const RunSummary& summary, Progress& progress) {
  progress.Info(
      StrCat("Scene: ", FormatCount(summary.splats), " splats, ", FormatDuration(summary.total_seconds), " in all"));
  for (const auto& [format, files] : summary.written) {
    for (const std::string& file : files) {
      std::error_code error;
      const double megabytes = double(fs::file_size(file, error)) / 1e6;
      if (!error) progress.Info(StrCat("  ", file, " (", FormatFixed(megabytes, 1), " MB)"));  // else it is gone again
    }
  }
  // A page whose splats lie beside it opens from a server only, of which WriteFormats has told.
  const auto opens = [](const auto& format) { return format.first == "html" && format.second.size() == 1; };
  const bool has_page = std::any_of(summary.written.begin(), summary.written.end(), opens);
  progress.Info(has_page
                    ? "scene.html opens in any browser; viewers of Gaussian splats open the others."
                    : "Any viewer of Gaussian splats opens it, for example https://superspl.at/editor in a browser.");
}

int TrainFromPhotos(TrainOptions options) {
  const Clock::time_point start = Clock::now();
  const InterruptHandler interrupt_handler;
  Progress progress(std::cout, std::cerr, Progress::ForStandardOutput(options.verbosity));
  RunSummary summary;
  const train::Backend backend = train::ChooseBackend(options.config.device);
  summary.device = backend.is_device ? "cuda" : "cpu";
  options.config.iterations = train::StepsOf(options.config, summary.device == "cuda");  // config.json says it too
  UseThreads(options.config.threads);

  const std::string images = data::ResolveImageFolder(options.images);
  const OutputFolder output(options.output.empty() ? DefaultOutput(images) : options.output, options.overwrite);
  const data::SceneDescription scene = ReadScene(options, images, output, progress, summary);
  const data::Dataset dataset = PrepareDataset(options, scene, progress);
  ThrowIfInterrupted("interrupted before the training began");

  const train::TrainResult result = TrainScene(backend, options, dataset, progress, summary);
  std::exception_ptr failure = WriteScene(backend, options, dataset, result.model, output, progress, summary);
  const SplatModel on_device = ToDevice(result.model, backend.device);
  const std::exception_ptr no_evaluation = TryEvaluate(options, dataset, on_device, output, progress, summary);
  if (!failure) failure = no_evaluation;
  const std::exception_ptr broken_file = CheckFiles(options, dataset, on_device, progress, summary);
  if (!failure) failure = broken_file;
  summary.total_seconds = SecondsSince(start);
  WriteMetrics(output / "metrics.json", summary);
  ReportScene(summary, progress);
  if (failure) std::rethrow_exception(failure);
  return 0;
}

}  // namespace
}  // namespace splat::apps

int main(int argc, char** argv) {
  return splat::apps::RunProgram("splat-train", [&] {
    const auto options = splat::apps::ParseTrainOptions(argc, argv);
    return options ? splat::apps::TrainFromPhotos(*options) : 0;
  });
}
