#include <algorithm>
#include <functional>
#include <optional>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/source_frame.h"
#include "data/poses/colmap_writer.h"
#include "formats/exporter.h"
#include "formats/photo_colors_file.h"
#include "formats/scene_transform_file.h"
#include "pipeline/run_files.h"
#include "pipeline/stages.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/scene_model.h"
#include "rasterizer/torch/torch_device.h"
#include "scene/splat_transform.h"

namespace splat::pipeline {
namespace {

// SOG's clustering on the GPU of the training. Where the GPU cannot, for want of memory for example, the user is told
// and the CPU does it: a scene that was trained must not be lost for that.
formats::PartsFitter PartsFitterOf(const Run& run) {
  const formats::FitPartsOnGpu fit = formats::CudaFitParts();
  if (!run.backend.is_device || !fit) return {};
  return [device = run.backend.device, fit, &reporter = run.reporter](const formats::PartsParams& params) {
    try {
      const StageScope scope(device);
      return fit(scope.context(), params, formats::kMostPointsOnGpu);
    } catch (const std::exception& error) {
      reporter.Warn(StrCat("SOG's colours are clustered on the CPU, as the GPU could not: ", ReasonOf(error)));
      return formats::FitParts(params, ProcessExecutor());
    }
  };
}

// The frame of the training is upright and of usual size; nothing where that is the files' own.
std::optional<Similarity3> UprightFromFiles(const data::Dataset& dataset) {
  if (dataset.files.is_scenes) return std::nullopt;
  return Inverse(dataset.files.files_from_scene);
}

// A page written with these options opens at the first training camera, and is upright.
formats::ExportOptions ExportOptionsFor(const Run& run, const data::Dataset& dataset, const SplatSelection& splats) {
  formats::ExportOptions export_options;
  export_options.seed = run.options.config.seed;
  export_options.executor = &ProcessExecutor();
  export_options.fit_parts = PartsFitterOf(run);
  std::vector<Camera> cameras;
  for (const int view : dataset.ViewsOf(Split::kTrain)) {
    cameras.push_back(data::CameraInFiles(dataset.files, dataset.views[size_t(view)].camera));
  }
  export_options.viewer = formats::SettingsFromCameras(cameras, splats);
  export_options.page_from_scene = UprightFromFiles(dataset);
  return export_options;
}

// The names of the formats, SOG before the page, which takes its splats from there.
std::vector<std::string> InOrderOfWriting(std::vector<std::string> formats) {
  std::stable_partition(formats.begin(), formats.end(), [](const std::string& name) { return name == "sog"; });
  return formats;
}

// The other files of a run, each for itself.
void WriteBeside(const Run& run, const data::Dataset& dataset, Failures& failures) {
  const auto write = [&](const std::function<void()>& file) {
    try {
      file();
    } catch (const std::exception& error) {
      failures.push_back(ReasonOf(error));
    }
  };
  write([&] { WriteCameras(run.output / "cameras.json", dataset); });
  write([&] {
    formats::SceneTransform transform;
    transform.source_from_scene = data::SourceFromFiles(dataset.files, dataset.source_from_scene);
    transform.near = dataset.near * dataset.files.files_from_scene.scale;
    transform.upright_from_scene = UprightFromFiles(dataset);
    formats::WriteSceneTransform(run.output / "scene_transform.json", transform, run.summary.poses_source);
  });
  if (run.summary.training.photo_colors) {
    write([&] { formats::WritePhotoColors(run.output / "photo_colors.json", *run.summary.training.photo_colors); });
  }
  if (!run.options.export_colmap.empty()) {
    write([&] { data::WriteColmapModel(run.options.export_colmap, data::InSourceFrame(dataset)); });
  }
  write([&] { WriteRunConfig(run.output / "config.json", run.options, run.summary); });
}

// The splats in the frame of the files; nothing if that is the scene's.
std::optional<SplatCloud> MovedInto(const data::FileFrame& files, const SplatCloudView& splats) {
  if (files.is_scenes) return std::nullopt;
  return Transformed(AffineOf(files.files_from_scene), SplatSelection(splats));
}

// Writes the scene in one format. Returns what kept it from being written; empty: nothing.
std::string WriteFormat(const Run& run, const std::string& name, const SplatSelection& splats,
                        formats::ExportOptions& export_options) {
  const formats::Exporter& exporter = formats::ExporterNamed(name);
  const std::string path = run.output.Scene(exporter);
  run.reporter.Begin(Stage::kWriting, "Writing scene" + exporter.extension);
  try {
    const formats::WrittenScene written = formats::WriteScene(path, exporter, splats, export_options);
    if (!written.note.empty()) run.reporter.Note(written.note);
    if (!written.warning.empty()) run.reporter.Warn(written.warning);
    run.summary.written.push_back({name, written.files, written.left_out});
    if (name == "sog") export_options.sog_file = written.files.back();  // a page need not cluster again
  } catch (const std::exception& error) {
    const std::string reason = ReasonOf(error);
    return reason.find(path) != std::string::npos ? reason : StrCat(path, ": cannot be written: ", reason);
  }
  return "";
}

// A format that cannot be written does not keep the others from it. Where none can, the scene is kept as PLY, which
// holds every scene; if not even that can be written, the first reason is thrown.
Failures WriteFormats(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  const HostModel host(model);
  const std::optional<SplatCloud> moved = MovedInto(dataset.files, host.View());
  SplatCloudView view = moved ? moved->View() : host.View();
  view.traits.background = run.options.config.background;
  const SplatSelection splats(view);
  formats::ExportOptions export_options = ExportOptionsFor(run, dataset, splats);
  std::vector<std::string> names = InOrderOfWriting(run.options.formats);
  Failures failures;
  for (const std::string& name : names) {
    const std::string failure = WriteFormat(run, name, splats, export_options);
    if (!failure.empty()) failures.push_back(failure);
  }
  constexpr const char* kHoldsAll = "ply";
  if (run.summary.written.empty() && std::find(names.begin(), names.end(), kHoldsAll) == names.end()) {
    run.reporter.Warn("the scene could be written in none of the formats that were asked for; it is kept as PLY");
    WriteFormat(run, kHoldsAll, splats, export_options);
  }
  SPLAT_CHECK(!run.summary.written.empty(), failures.front());
  run.summary.splats = splats.count();
  return failures;
}

}  // namespace

Failures WriteScene(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  Failures failures = WriteFormats(run, dataset, model);
  std::vector<std::string> written;
  for (const WrittenFormat& format : run.summary.written) {
    written.insert(written.end(), format.files.begin(), format.files.end());
  }
  run.output.RemoveOldResults(run.options.formats, written);
  WriteBeside(run, dataset, failures);
  return failures;
}

}  // namespace splat::pipeline
