#include "apps/render/render_cameras.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "data/dataset/camera_sanity.h"
#include "data/dataset/scene_alignment.h"
#include "data/photos/undistort.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/pose_files.h"
#include "data/poses/pose_source.h"
#include "io/atomic_file.h"
#include "io/json_file.h"
#include "rasterizer/torch/scene_model.h"
#include "scene/orbit.h"

namespace splat::apps {
namespace {

namespace fs = std::filesystem;

// The cameras as a training takes them. The points are for their check alone.
CameraSet FromPoses(data::PoseKind kind, const std::string& path) {
  const std::string photo_folder = kind == data::PoseKind::kColmap ? path : "";
  data::SceneDescription scene = data::ReadPosedPhotos(kind, path, photo_folder);
  CameraSet set;
  set.in_source_frame = true;
  set.warnings = scene.warnings;
  data::AddPosePoints(kind, path, scene);
  const auto warn = [&](LogLevel, const std::string& line) { set.warnings.push_back(line); };
  for (const data::PosedPhoto& photo : data::CheckCameras(scene, warn)) {
    NamedCamera named;
    named.name = photo.name;
    named.camera = data::UndistortedCamera(photo.intrinsics);
    named.camera.camera_from_world = photo.camera_from_world;
    named.split = photo.split.value_or(Split::kTrain);
    set.cameras.push_back(named);
  }
  return set;
}

// The orbit in the upright frame.
Orbit UprightOrbit(const SplatSelection& splats, const std::vector<NamedCamera>& photos, const Similarity3& upright) {
  std::vector<Rigid3> poses;
  poses.reserve(photos.size());
  for (const NamedCamera& photo : photos) poses.push_back(data::AlignPose(photo.camera.camera_from_world, upright));
  if (const auto center = data::WhereAxesMeetClosely(poses)) {
    if (const auto orbit = OrbitOfCameras(poses, *center)) return *orbit;
  }
  Sphere sphere = SphereAroundMost(splats);
  sphere.center = upright * sphere.center;
  sphere.radius *= upright.scale;
  return OrbitAround(sphere);
}

}  // namespace

CameraSet ReadCameras(const std::string& path) {
  SPLAT_CHECK(fs::exists(path), path, ": does not exist");
  if (!fs::is_directory(path)) {
    if (!formats::IsInriaCameras(path)) return FromPoses(data::PoseKindOfFile(path), path);
    CameraSet set;
    set.cameras = formats::ReadInriaCameras(path);
    return set;
  }
  if (data::IsColmapModel(path)) return FromPoses(data::PoseKind::kColmap, path);
  const auto found = data::FindPoses(path);
  SPLAT_CHECK(found.has_value(), path, ": holds no poses; give the cameras.json of a run, ", data::kKindsOfPoses);
  return ReadCameras(*found);
}

std::vector<NamedCamera> InSceneFrame(const std::vector<NamedCamera>& cameras, const Similarity3& source_from_scene) {
  std::vector<NamedCamera> moved = cameras;
  for (NamedCamera& named : moved) {
    Rigid3& pose = named.camera.camera_from_world;
    pose = data::AlignPose(pose, Inverse(source_from_scene));
  }
  return moved;
}

std::vector<NamedCamera> OrbitCameras(const SplatModel& model, const std::vector<NamedCamera>& photos, int count,
                                      int width, const std::optional<Similarity3>& upright_from_scene) {
  const HostModel host(model);
  const SplatSelection splats(host.View());
  SPLAT_CHECK(splats.count() > 0, "the scene holds no splats");
  const Similarity3 upright = upright_from_scene ? *upright_from_scene : Similarity3{};
  const std::vector<NamedCamera> views = OrbitCameras(UprightOrbit(splats, photos, upright), count, width);
  return upright_from_scene ? InSceneFrame(views, upright) : views;
}

}  // namespace splat::apps
