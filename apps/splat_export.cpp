// splat-export: a scene in one format in, in another out.
#include "apps/export_options.h"
#include "apps/inria_cameras.h"
#include "apps/program.h"
#include "apps/progress.h"
#include "core/check.h"
#include "core/parallel.h"
#include "export/exporter.h"
#include "export/select.h"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

namespace splat::apps {
namespace {

namespace fs = std::filesystem;
using exporters::SplatCloud;
using exporters::SplatSelection;

constexpr int64_t kManySplats = 2'000'000;  // what viewers on a desktop budget for
constexpr double kCropReach = 3;            // times the cameras' or the splats' own

// Found out before a large scene is read.
void CheckOutput(const ConvertOptions& options) {
  std::error_code ignored;
  const fs::path folder = fs::path(options.output).parent_path();
  SPLAT_CHECK(folder.empty() || fs::is_directory(folder, ignored), options.output, ": the folder does not exist");
  SPLAT_CHECK(options.overwrite || !fs::exists(options.output, ignored), options.output,
              ": exists already; choose another name or pass --overwrite");
  const std::string lacks = exporters::WhatLacks(*options.exporter);
  SPLAT_CHECK(lacks.empty(), options.output, ": ", lacks);
}

fs::path CamerasBeside(const std::string& scene) {
  return fs::path(scene).parent_path() / "cameras.json";
}

// Where --crop auto keeps splats.
exporters::Sphere AutomaticArea(const ConvertOptions& options, const SplatSelection& splats, Progress& progress) {
  const fs::path cameras = CamerasBeside(options.input);
  exporters::Sphere sphere;
  if (fs::exists(cameras)) {
    std::vector<Vec3<double>> positions;
    for (const NamedCamera& named : ReadInriaCameras(cameras.string())) {
      const Rigid3& pose = named.camera.camera_from_world;
      positions.push_back(-(Transpose(pose.rotation) * pose.translation));
    }
    SPLAT_CHECK(!positions.empty(), cameras.string(), ": holds no camera; give --crop box:... or sphere:...");
    sphere = exporters::SphereAround(positions);
    progress.Info(StrCat("Cropped around the cameras of ", cameras.string()));
  } else {
    sphere = exporters::SphereAroundMost(splats);
  }
  sphere.radius *= kCropReach;
  return sphere;
}

SplatSelection Selected(const ConvertOptions& options, const SplatCloud& cloud, Progress& progress) {
  SplatSelection splats(cloud.View());
  const Crop& crop = options.crop;
  if (crop.box) CropToBox(splats, *crop.box);
  if (crop.sphere) CropToSphere(splats, *crop.sphere);
  if (crop.automatic && splats.count() > 0) CropToSphere(splats, AutomaticArea(options, splats, progress));
  if (options.max_gaussians) KeepMostImportant(splats, *options.max_gaussians);
  if (options.sh_degree) splats.LimitShDegree(*options.sh_degree);
  if (options.morton) SortByMorton(splats);
  SPLAT_CHECK(splats.count() > 0, options.input, ": ",
              cloud.count() > 0 ? "no splat is left by --crop" : "holds no splat that could be drawn");
  return splats;
}

// Where a page opens: at the first training camera of the cameras.json beside the scene; nothing without such a file.
std::optional<exporters::ViewerSettings> Viewer(const ConvertOptions& options, const SplatSelection& splats,
                                                Progress& progress) {
  const fs::path path = CamerasBeside(options.input);
  if (options.exporter->name != "html" || !fs::exists(path)) return std::nullopt;
  std::vector<Camera> cameras;
  for (const NamedCamera& named : ReadInriaCameras(path.string())) {
    if (named.split == data::Split::kTrain) cameras.push_back(named.camera);
  }
  if (cameras.empty()) return std::nullopt;
  progress.Info(StrCat("The page opens at the first camera of ", path.string()));
  return exporters::SettingsFromCameras(cameras, splats);
}

std::string SizeText(const std::string& path) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f MB", double(fs::file_size(path)) / 1e6);
  return text;
}

// What was read, as it is to be written: with the background of --background.
SplatCloud ReadCloud(const ConvertOptions& options, Progress& progress) {
  SplatCloud cloud = exporters::ReadScene(options.input, options.reading);
  progress.Info(StrCat(options.input, ": ", FormatCount(cloud.count()), " splats, SH degree ",
                       math::ShDegreeOf(cloud.sh_rest_count), ", ", SizeText(options.input)));
  if (cloud.left_out > 0) {
    progress.Warn(StrCat(options.input, ": ", FormatCount(cloud.left_out),
                         " splats are no numbers or have no rotation, and are left out"));
  }
  if (options.background) cloud.background = options.background;
  return cloud;
}

int ConvertScene(ConvertOptions options) {
  Progress progress(std::cout, std::cerr, Progress::ForStandardOutput(options.verbosity));
  CheckOutput(options);
  ThreadPool pool(options.threads > 0 ? options.threads : std::max(1, int(std::thread::hardware_concurrency())));
  options.writing.executor = &pool;
  const auto start = std::chrono::steady_clock::now();
  const SplatCloud cloud = ReadCloud(options, progress);
  const SplatSelection splats = Selected(options, cloud, progress);
  if (splats.count() > kManySplats) {
    progress.Warn(StrCat(FormatCount(splats.count()),
                         " splats are more than many viewers draw smoothly; "
                         "--max-gaussians keeps those that cover most"));
  }
  options.writing.viewer = Viewer(options, splats, progress);
  const exporters::WrittenScene written =
      exporters::WriteScene(options.output, *options.exporter, splats, options.writing);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  progress.Info(StrCat(options.output, ": ", FormatCount(splats.count()), " splats, SH degree ",
                       std::min(splats.sh_degree(), options.exporter->largest_sh_degree), ", ",
                       SizeText(options.output), ", ", FormatDuration(seconds.count())));
  if (!written.note.empty()) progress.Info(written.note);
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
