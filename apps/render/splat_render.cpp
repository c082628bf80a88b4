// splat-render: a scene and cameras in, images out.
#include "apps/cli/claimed_folder.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/program.h"
#include "apps/cli/progress.h"
#include "apps/render/render_options.h"
#include "core/check.h"
#include "core/format.h"
#include "data/photos/render_mark.h"
#include "formats/exporter.h"
#include "formats/inria_cameras.h"
#include "formats/photo_colors_file.h"
#include "formats/scene_transform_file.h"
#include "pipeline/camera_files.h"
#include "pipeline/empty_images.h"
#include "pipeline/render_names.h"
#include "pipeline/scene_orbit.h"
#include "rasterizer/torch/libtorch.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/render_image8.h"
#include "rasterizer/torch/scene_model.h"
#include "train/choose_backend.h"
#include "train/kernels/color/learned_colors.h"
#include "train/training_backend.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace splat::apps {
namespace {

using Transform = std::optional<formats::SceneTransform>;

constexpr int kOrbitWidth_px = 1280;

// Cameras read from a file, in the frame of the scene. Poses in the frame of their source are brought into that of our
// own scenes by the scene_transform.json beside the PLY; other scenes are taken to be in the frame of the source.
std::vector<NamedCamera> CamerasFromFile(const RenderOptions& options, const Transform& transform, Progress& progress) {
  const pipeline::CameraSet set = pipeline::ReadCameras(options.cameras);
  for (const std::string& warning : set.warnings) progress.Warn(warning);
  if (!set.in_source_frame || !transform) return set.cameras;
  progress.Info("The cameras are brought into the scene's frame by the scene_transform.json beside it");
  return pipeline::InSceneFrame(set.cameras, transform->source_from_scene);
}

// Returns the cameras of the cameras.json beside the scene, and none where there is no such file, or none that can be
// read.
std::vector<NamedCamera> CamerasBeside(const std::string& scene, Progress& progress) {
  const std::string path = (std::filesystem::path(scene).parent_path() / "cameras.json").string();
  try {
    if (formats::IsInriaCameras(path)) return formats::ReadInriaCameras(path, progress.Sink());
  } catch (const Error& error) {
    progress.Warn(StrCat(error.what(), "; the orbit is around all of the scene"));
  }
  return {};
}

Camera Resized(const Camera& camera, const RenderOptions& options) {
  int width = options.width > 0 ? options.width : camera.width / options.downscale;
  width = std::max(1, width);
  const double scale = double(width) / camera.width;
  return ResizedCamera(camera, width, std::max(1, int(std::lround(camera.height * scale))));
}

std::vector<NamedCamera> ChooseCameras(const RenderOptions& options, const SplatModel& model,
                                       const Transform& transform, Progress& progress) {
  if (options.orbit > 0) {
    const int width = options.width > 0 ? options.width : kOrbitWidth_px / options.downscale;
    return pipeline::OrbitOfScene(model, CamerasBeside(options.scene, progress), options.orbit, width,
                                  transform ? transform->upright_from_scene : std::nullopt);
  }
  std::vector<NamedCamera> chosen;
  for (NamedCamera& named : CamerasFromFile(options, transform, progress)) {
    const bool is_test = named.split == Split::kTest;
    if (options.split != "all" && (options.split == "test") != is_test) continue;
    named.camera = Resized(named.camera, options);
    chosen.push_back(named);
  }
  SPLAT_CHECK(!chosen.empty(), options.cameras, ": holds no camera of --split ", options.split);
  return chosen;
}

// Where the views begin.
double NearPlane(const SplatSelection& splats, const std::vector<NamedCamera>& named, const Transform& transform) {
  std::vector<Camera> cameras;
  cameras.reserve(named.size());
  for (const NamedCamera& camera : named) cameras.push_back(camera.camera);
  return formats::NearPlaneOf(transform, cameras, splats);
}

// The colours of photos, for the views that are named as one.
class ViewColors {
 public:
  explicit ViewColors(const std::string& path) {
    if (!path.empty()) colors_ = formats::ReadPhotoColors(path);
    for (const PhotoColor& photo : colors_.photos) by_name_[photo.name] = &photo;
  }
  ViewColors(const ViewColors&) = delete;
  ViewColors& operator=(const ViewColors&) = delete;

  Image8 Shown(const std::string& name, ImageF image) {
    const auto photo = by_name_.find(name);
    if (photo != by_name_.end()) {
      image = train::AsPhotoShows(train::ViewColorOf(colors_, *photo->second), image, ProcessExecutor());
      ++applied_;
    }
    return RoundedTo8Bits(image.pixels.data(), image.width, image.height, 3);
  }
  size_t applied() const { return applied_; }

 private:
  PhotoColors colors_;
  std::map<std::string, const PhotoColor*> by_name_;
  size_t applied_ = 0;
};

// The images of the cameras. Throws splat::Error where another file has the name of one of them.
std::vector<std::string> FilesOf(const std::vector<NamedCamera>& cameras, const std::string& folder) {
  pipeline::RenderNames names;
  std::vector<std::string> files;
  for (const NamedCamera& named : cameras) {
    files.push_back(StrCat(folder, "/", names.NameFor(named.name), ".png"));
    data::CheckNoOtherFile(files.back());
  }
  return files;
}

int RenderScene(const RenderOptions& options) {
  const InterruptHandler interrupt_handler;
  Progress progress(std::cout, std::cerr, Progress::ForStandardOutput(options.verbosity));
  UseThreads(options.threads);
  const torch::Device device = train::ChooseBackend(options.device).device;
  SplatCloud cloud = formats::ReadDrawableScene(options.scene);
  for (const std::string& warning : formats::WarningsOf(cloud, options.scene)) progress.Warn(warning);
  if (options.background) cloud.traits.background = options.background;
  const SplatModel model = ModelOf(std::move(cloud)), on_device = ToDevice(model, device);
  const Transform transform = formats::SceneTransformBeside(options.scene);
  const std::vector<NamedCamera> cameras = ChooseCameras(options, model, transform, progress);
  const HostModel host(model);
  const SplatSelection splats(host.View());
  const double near = NearPlane(splats, cameras, transform);
  ViewColors colors(options.photo_colors);
  const std::unique_ptr<FileLock> claim = ClaimFolder(options.output);

  const std::vector<std::string> files = FilesOf(cameras, options.output);
  bool is_anything_seen = false;
  progress.Begin("Rendering");
  for (size_t i = 0; i < cameras.size(); ++i) {
    ThrowIfInterrupted(StrCat("interrupted after ", i, " of ", cameras.size(), " images"));
    const Image8 image =
        colors.Shown(cameras[i].name, RenderToImage(on_device, cameras[i].camera, BackgroundOf(model.traits), near));
    is_anything_seen = is_anything_seen || pipeline::ShowsSomething(image);
    data::WriteRender(files[i], image);
    progress.Update(double(i + 1) / double(cameras.size()), StrCat(i + 1, "/", cameras.size()));
  }
  progress.End(StrCat(cameras.size(), " images of ", FormatCount(model.count()), " splats in ", options.output));
  if (!options.photo_colors.empty() && colors.applied() < cameras.size()) {
    progress.Warn(StrCat("--photo-colors ", options.photo_colors, ": has no colours of ",
                         cameras.size() - colors.applied(), " of ", cameras.size(),
                         " views, which show the scene's own"));
  }
  if (!is_anything_seen || pipeline::AreElsewhere(cameras, splats)) {
    progress.Warn(pipeline::kShowsNothing);
  }
  return 0;
}

}  // namespace
}  // namespace splat::apps

int main(int argc, char** argv) {
  return splat::apps::RunProgram("splat-render", [&] {
    const auto options = splat::apps::ParseRenderOptions(argc, argv);
    return options ? splat::apps::RenderScene(*options) : 0;
  });
}
