// splat-export: a scene in one format in, in another out.
#include "apps/cli/program.h"
#include "apps/cli/progress.h"
#include "apps/export/export_options.h"
#include "core/camera_size.h"
#include "core/check.h"
#include "core/format.h"
#include "core/machine_limits.h"
#include "core/parallel.h"
#include "data/dataset/dataset_options.h"
#include "formats/exporter.h"
#include "formats/inria_cameras.h"
#include "formats/scene_transform_file.h"
#include "io/file_lock.h"
#include "io/temporary_file.h"
#include "quality/export_render_check.h"
#include "rasterizer/view_support.h"
#include "scene/crop.h"
#include "scene/extent.h"
#include "scene/floaters.h"
#include "scene/splat_order.h"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

namespace splat::apps {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kManySplats = 2'000'000;  // what viewers on a desktop budget for
constexpr double kCropReach = 3;            // times the cameras' or the splats' own

// Claims the output file before a large scene is read: two programs that write one file would check each other's.
std::unique_ptr<FileLock> ClaimOutput(const ConvertOptions& options) {
  std::error_code ignored;
  const fs::path folder = fs::path(options.output).parent_path();
  SPLAT_CHECK(folder.empty() || fs::is_directory(folder, ignored), options.output, ": the folder does not exist");
  auto claim =
      std::make_unique<FileLock>(LockOfFile(options.output), options.output, "wait for it or choose another name");
  SPLAT_CHECK(options.overwrite || !fs::exists(options.output, ignored), options.output,
              ": exists already; choose another name or pass --overwrite");
  const std::string lacks = formats::WhatLacks(*options.exporter);
  SPLAT_CHECK(lacks.empty(), options.output, ": ", lacks);
  RemoveAbandonedFiles(folder.empty() ? "." : folder.string());
  return claim;
}

// The cameras of --cameras or those that lie beside the scene, for --clean, --crop auto, pages and checks; none without
// a usable cameras.json.
std::vector<NamedCamera> FindCameras(const ConvertOptions& options, Progress& progress) {
  if (!options.cameras.empty()) return formats::ReadInriaCameras(options.cameras, progress.Sink());
  const fs::path path = fs::path(options.input).parent_path() / "cameras.json";
  if (!fs::exists(path)) return {};
  try {
    return formats::ReadInriaCameras(path.string(), progress.Sink());
  } catch (const Error& error) {
    progress.Warn(StrCat(error.what(), "; going on without cameras"));
    return {};
  }
}

// What the transform beside a file says of the scene's views; nothing without a usable one.
std::optional<formats::SceneTransform> TransformBeside(const std::string& file, Progress& progress) {
  try {
    return formats::SceneTransformBeside(file);
  } catch (const Error& error) {
    progress.Warn(StrCat(error.what(), "; going on without it"));
    return std::nullopt;
  }
}

// What is known of a scene besides its splats.
struct Beside {
  std::vector<NamedCamera> cameras;  // may be empty
  std::optional<formats::SceneTransform> transform;
};

Beside FindBeside(const ConvertOptions& options, Progress& progress) {
  Beside beside = {FindCameras(options, progress), TransformBeside(options.input, progress)};
  if (!beside.transform && !options.cameras.empty()) beside.transform = TransformBeside(options.cameras, progress);
  return beside;
}

// Where --crop auto keeps splats.
Sphere AutomaticArea(const ConvertOptions& options, const std::vector<NamedCamera>& cameras,
                     const SplatSelection& splats, Progress& progress) {
  Sphere sphere;
  if (!cameras.empty()) {
    std::vector<Vec3<double>> positions;
    positions.reserve(cameras.size());
    for (const NamedCamera& named : cameras) positions.push_back(CameraCenterInWorld(named.camera));
    sphere = SphereAround(positions);
    const std::string source = options.cameras.empty() ? "the cameras.json beside it" : options.cameras;
    progress.Info(StrCat("Cropped around the cameras of ", source));
  } else {
    sphere = SphereAroundMost(splats);
  }
  sphere.radius *= kCropReach;
  return sphere;
}

// Leaves the floaters out of a selection of all splats of the cloud, as --clean wants it.
void LeaveOutFloaters(const ConvertOptions& options, const SplatCloud& cloud, const Beside& beside, Progress& progress,
                      SplatSelection& splats) {
  const int longest_px = data::DatasetOptions().max_image_size;  // images as large as those of a training
  SupportViews views;
  for (const NamedCamera& named : beside.cameras) {
    if (named.split == Split::kTrain) views.cameras.push_back(ResizedWithin(named.camera, longest_px));
  }
  SPLAT_CHECK(
      !views.cameras.empty(), options.input,
      ": --clean needs the cameras that the scene was trained on, and no cameras.json with such lies beside it; "
      "pass --cameras PATH");
  views.near = formats::NearPlaneOf(beside.transform, views.cameras, splats);
  progress.Begin("Floaters");
  const auto on_view = [&](size_t done) {
    progress.Update(double(done) / double(views.cameras.size()), StrCat(done, "/", views.cameras.size(), " views"));
  };
  const Floaters floaters = FindFloaters(SupportOf(cloud.View(), views, *options.writing.executor, on_view));
  if (!floaters.objection.empty()) {
    progress.Warn(StrCat(options.input, ": --clean removes nothing: ", floaters.objection));
    return;
  }
  std::vector<uint32_t> supported;
  for (const uint32_t row : splats.rows()) {
    if (floaters.verdicts[row] == Support::kSupported) supported.push_back(row);
  }
  splats.SetRows(std::move(supported));
  progress.End(StrCat("left out ", TextOf(floaters.counts)));
}

SplatSelection Selected(const ConvertOptions& options, const SplatCloud& cloud, const Beside& beside,
                        Progress& progress) {
  SplatSelection splats(cloud.View());
  if (options.clean) LeaveOutFloaters(options, cloud, beside, progress, splats);
  const Crop& crop = options.crop;
  if (crop.box) CropToBox(splats, *crop.box);
  if (crop.sphere) CropToSphere(splats, *crop.sphere);
  if (crop.automatic && splats.count() > 0)
    CropToSphere(splats, AutomaticArea(options, beside.cameras, splats, progress));
  if (options.max_gaussians) KeepMostImportant(splats, *options.max_gaussians);
  if (options.sh_degree) splats.LimitShDegree(*options.sh_degree);
  if (options.morton) SortByMorton(splats);
  SPLAT_CHECK(splats.count() > 0, options.input, ": no splat is left by --crop");
  return splats;
}

// Where a page opens: at the first training camera; nothing without cameras.
std::optional<formats::ViewerSettings> Viewer(const std::vector<NamedCamera>& cameras, const SplatSelection& splats) {
  std::vector<Camera> training;
  for (const NamedCamera& named : cameras) {
    if (named.split == Split::kTrain) training.push_back(named.camera);
  }
  if (training.empty()) return std::nullopt;
  return formats::SettingsFromCameras(training, splats);
}

std::string SizeText(const std::string& path) {
  return FormatFixed(double(fs::file_size(path)) / 1e6, 1) + " MB";
}

// What was read, as it is to be written: with the background of --background.
SplatCloud ReadCloud(const ConvertOptions& options, Progress& progress) {
  SplatCloud cloud = formats::ReadDrawableScene(options.input, options.reading);
  progress.Info(StrCat(options.input, ": ", FormatCount(cloud.count()), " splats, SH degree ",
                       math::ShDegreeOf(cloud.sh_rest_count), ", ", SizeText(formats::SceneFileOf(options.input))));
  for (const std::string& warning : formats::WarningsOf(cloud, options.input)) progress.Warn(warning);
  if (options.background) cloud.traits.background = options.background;
  return cloud;
}

// Reads what was written back, with the cloud that it came from out of memory, and says what the format costs.
void CheckScene(const ConvertOptions& options, const quality::ExportRenderCheck& check, int64_t left_out,
                Progress& progress) {
  formats::ImportOptions reading;
  reading.spz_frame = options.writing.spz_frame;
  const double agreement_db = check.AgreementOf(options.output, reading, left_out);
  progress.Info(StrCat("Read back and drawn in ", check.views(), " views: ", FormatFixed(agreement_db, 1),
                       " dB against what was read"));
}

int ConvertScene(ConvertOptions options) {
  Progress progress(std::cout, std::cerr, Progress::ForStandardOutput(options.verbosity));
  for (const std::string& line : options.without_use) progress.Warn(line);
  const std::unique_ptr<FileLock> claim = ClaimOutput(options);
  ThreadPool pool(options.threads > 0 ? options.threads : UsableCores());
  options.writing.executor = &pool;
  const auto start = std::chrono::steady_clock::now();
  std::optional<SplatCloud> cloud = ReadCloud(options, progress);
  const Beside beside = FindBeside(options, progress);
  std::optional<quality::ExportRenderCheck> check;
  formats::WrittenScene written;
  {
    const SplatSelection splats = Selected(options, *cloud, beside, progress);
    if (splats.count() > kManySplats) {
      progress.Warn(StrCat(FormatCount(splats.count()),
                           " splats are more than many viewers draw smoothly; "
                           "--max-gaussians keeps those that cover most"));
    }
    options.writing.viewer = Viewer(beside.cameras, splats);
    if (beside.transform) options.writing.page_from_scene = beside.transform->upright_from_scene;
    written = formats::WriteScene(options.output, *options.exporter, splats, options.writing);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    progress.Info(StrCat(options.output, ": ", FormatCount(splats.count() - written.left_out), " splats, SH degree ",
                         std::min(splats.sh_degree(), options.exporter->largest_sh_degree), ", ",
                         SizeText(options.output), ", ", FormatDuration(seconds.count())));
    if (options.check) {
      quality::CheckedViews views = {quality::CamerasToCheck(beside.cameras, splats)};
      views.near = formats::NearPlaneOf(beside.transform, views.cameras, splats);
      check.emplace(splats, std::move(views), BackgroundOf(splats.traits()), pool);
    }
  }
  cloud.reset();
  if (check) CheckScene(options, *check, written.left_out, progress);
  if (!written.note.empty()) progress.Info(written.note);
  if (!written.warning.empty()) progress.Warn(written.warning);
  return 0;
}

}  // namespace
}  // namespace splat::apps

int main(int argc, char** argv) {
  return splat::apps::RunProgram("splat-export", [&] {
    const auto options = splat::apps::ParseConvertOptions(argc, argv);
    return options ? splat::apps::ConvertScene(*options) : 0;
  });
}
