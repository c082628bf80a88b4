#include "apps/render_cameras.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "apps/json_file.h"
#include "core/atomic_file.h"
#include "core/check.h"
#include "data/colmap_reader.h"
#include "data/pose_source.h"
#include "data/transforms_reader.h"
#include "data/undistort.h"

namespace splat::apps {
namespace {

namespace fs = std::filesystem;

constexpr double kPi = 3.14159265358979323846;
constexpr double kOrbitElevation_rad = 20 * kPi / 180;
constexpr double kOrbitFieldOfView_rad = 50 * kPi / 180;  // across the width
constexpr double kOrbitDistance = 2.2;                    // x half the scene's diagonal
constexpr double kStrayShare = 0.05;                      // at either end of each axis

CameraSet FromDescription(const data::SceneDescription& scene) {
  CameraSet set;
  set.in_source_frame = true;
  set.warnings = scene.warnings;
  for (const data::PosedPhoto& photo : scene.photos) {
    NamedCamera named;
    named.name = photo.name;
    named.camera = data::UndistortedCamera(photo.intrinsics);
    named.camera.camera_from_world = photo.camera_from_world;
    named.split = photo.split.value_or(data::Split::kTrain);
    set.cameras.push_back(named);
  }
  return set;
}

bool IsJsonList(const std::string& path) {
  const std::string text = ReadFile(path);
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '[';
}

struct Range {
  double low, high;
};

// Of the values [N] without the share of strays at either end.
Range RangeWithoutStrays(const torch::Tensor& values) {
  const torch::Tensor sorted = std::get<0>(torch::sort(values));
  const int64_t strays = int64_t(double(values.size(0)) * kStrayShare);
  return {sorted[strays].item<double>(), sorted[values.size(0) - 1 - strays].item<double>()};
}

// Pose of a camera at `eye` that looks at `target`, upright (up is -y).
Rigid3 LookAt(const Vec3<double>& eye, const Vec3<double>& target) {
  const Vec3<double> forward = Normalized(target - eye);
  const Vec3<double> down = {0, 1, 0};
  const Vec3<double> right = Normalized(Cross(down, forward));
  const Vec3<double> camera_down = Cross(forward, right);
  Rigid3 camera_from_world;
  camera_from_world.rotation = {
      {{right.x, right.y, right.z}, {camera_down.x, camera_down.y, camera_down.z}, {forward.x, forward.y, forward.z}}};
  camera_from_world.translation = -(camera_from_world.rotation * eye);
  return camera_from_world;
}

}  // namespace

CameraSet ReadCameras(const std::string& path) {
  SPLAT_CHECK(fs::exists(path), path, ": does not exist");
  if (!fs::is_directory(path)) {
    if (!IsJsonList(path)) return FromDescription(data::ReadTransforms(path));
    CameraSet set;
    set.cameras = ReadInriaCameras(path);
    return set;
  }
  if (data::IsColmapModel(path)) return FromDescription(data::ReadColmapModel(path, path));
  const auto found = data::FindPoses(path);
  SPLAT_CHECK(found.has_value(), path, ": holds no COLMAP model and no transforms.json");
  return ReadCameras(*found);
}

std::vector<NamedCamera> InSceneFrame(const std::vector<NamedCamera>& cameras, const Similarity3& source_from_scene) {
  std::vector<NamedCamera> moved = cameras;
  for (NamedCamera& named : moved) {
    // x_camera = R (s S x_scene + t) + T; a camera sees the same picture if all lengths are divided by s.
    Rigid3& pose = named.camera.camera_from_world;
    pose.translation = (1 / source_from_scene.scale) * (pose * source_from_scene.translation);
    pose.rotation = pose.rotation * source_from_scene.rotation;
  }
  return moved;
}

std::vector<NamedCamera> OrbitCameras(const SplatModel& model, int count, int width) {
  SPLAT_CHECK(model.count() > 0, "the scene holds no splats");
  Range ranges[3];
  for (int axis = 0; axis < 3; ++axis) ranges[axis] = RangeWithoutStrays(model.means.select(1, axis));
  const auto middle = [&](int axis) { return (ranges[axis].low + ranges[axis].high) / 2; };
  const auto half = [&](int axis) { return (ranges[axis].high - ranges[axis].low) / 2; };
  const Vec3<double> center = {middle(0), middle(1), middle(2)};
  const double distance = kOrbitDistance * std::max(1e-3, Norm(Vec3<double>{half(0), half(1), half(2)}));
  std::vector<NamedCamera> cameras;
  for (int i = 0; i < count; ++i) {
    const double angle = 2 * kPi * i / count;
    const Vec3<double> direction = {std::cos(kOrbitElevation_rad) * std::sin(angle), -std::sin(kOrbitElevation_rad),
                                    -std::cos(kOrbitElevation_rad) * std::cos(angle)};
    const int height = std::max(1, width * 3 / 4);
    const double focal = width / (2 * std::tan(kOrbitFieldOfView_rad / 2));
    char name[32];
    std::snprintf(name, sizeof(name), "orbit_%04d", i);
    cameras.push_back(
        {name,
         {width, height, focal, focal, width / 2.0, height / 2.0, LookAt(center + distance * direction, center)},
         data::Split::kTest});
  }
  return cameras;
}

}  // namespace splat::apps
