#include "scene/orbit.h"
#include "core/constants.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace splat {
namespace {

constexpr double kOrbitElevation_rad = 20 * kPi / 180;
constexpr double kOrbitFieldOfView_rad = 50 * kPi / 180;  // across the width
constexpr double kOrbitDistance = 2.2;                    // x the sphere's radius

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

std::vector<NamedCamera> OrbitCameras(const Sphere& scene, int count, int width) {
  const double distance = kOrbitDistance * scene.radius;
  std::vector<NamedCamera> cameras;
  for (int i = 0; i < count; ++i) {
    const double angle = 2 * kPi * i / count;
    const Vec3<double> direction = {std::cos(kOrbitElevation_rad) * std::sin(angle), -std::sin(kOrbitElevation_rad),
                                    -std::cos(kOrbitElevation_rad) * std::cos(angle)};
    const int height = std::max(1, width * 3 / 4);
    const double focal = width / (2 * std::tan(kOrbitFieldOfView_rad / 2));
    char name[32];
    std::snprintf(name, sizeof(name), "orbit_%04d", i);
    cameras.push_back({name,
                       {width, height, focal, focal, width / 2.0, height / 2.0,
                        LookAt(scene.center + distance * direction, scene.center)},
                       Split::kTest});
  }
  return cameras;
}

}  // namespace splat
