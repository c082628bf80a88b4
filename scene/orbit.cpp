#include "scene/orbit.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/camera.h"
#include "core/fewest_cameras.h"
#include "core/look_at.h"
#include "core/quantile.h"

namespace splat {
namespace {

constexpr double kOrbitElevation_rad = 20 * kRadiansPerDegree;
constexpr double kOrbitFieldOfView_rad = 50 * kRadiansPerDegree;  // across the width
constexpr double kOrbitDistance = 2.2;                            // x the sphere's radius
constexpr double kLargestGap_rad = kPi / 2;                       // of a whole circle of cameras
constexpr double kLeastRadius = 0.1;                              // x the distance: below it cameras are above or below

// Makes an arc of the orbit if its angles, of which there is at least one, leave a large gap.
void LimitToArc(std::vector<double> angles, Orbit& orbit) {
  std::sort(angles.begin(), angles.end());
  double gap = angles.front() + 2 * kPi - angles.back();
  size_t behind = 0;  // the angle behind the largest gap
  for (size_t i = 1; i < angles.size(); ++i) {
    if (angles[i] - angles[i - 1] <= gap) continue;
    gap = angles[i] - angles[i - 1];
    behind = i;
  }
  if (gap < kLargestGap_rad) return;
  orbit.from = angles[behind];
  orbit.to = orbit.from + 2 * kPi - gap;
}

}  // namespace

Orbit OrbitAround(const Sphere& scene) {
  const double distance = kOrbitDistance * scene.radius;
  return {scene.center, distance * std::cos(kOrbitElevation_rad), distance * std::sin(kOrbitElevation_rad)};
}

std::optional<Orbit> OrbitOfCameras(const std::vector<Rigid3>& cameras_from_scene, const Vec3<double>& center) {
  std::vector<double> radii, heights, angles;
  size_t away = 0;
  for (const Rigid3& pose : cameras_from_scene) {
    const Vec3<double> place = CameraCenterInWorld(pose) - center;
    radii.push_back(std::hypot(place.x, place.z));
    heights.push_back(-place.y);
    angles.push_back(std::atan2(place.x, -place.z));
    away += (pose * center).z <= 0 ? 1 : 0;
  }
  if (radii.size() < kFewestCameras || 2 * away >= radii.size()) return std::nullopt;
  Orbit orbit;
  orbit.center = center;
  orbit.radius = Median(std::move(radii));
  orbit.height = Median(std::move(heights));
  if (!(orbit.radius > kLeastRadius * std::hypot(orbit.radius, orbit.height))) return std::nullopt;
  LimitToArc(std::move(angles), orbit);
  return orbit;
}

std::vector<NamedCamera> OrbitCameras(const Orbit& orbit, int count, int width) {
  const double turn = orbit.to - orbit.from;
  const bool is_arc = turn < 2 * kPi && count > 1;
  const int height = std::max(1, width * 3 / 4);
  const double focal = width / (2 * std::tan(kOrbitFieldOfView_rad / 2));
  std::vector<NamedCamera> cameras;
  for (int i = 0; i < count; ++i) {
    const double angle = orbit.from + turn * i / (is_arc ? count - 1 : count);
    const Vec3<double> from_center = {orbit.radius * std::sin(angle), -orbit.height, -orbit.radius * std::cos(angle)};
    char name[32];
    std::snprintf(name, sizeof(name), "orbit_%04d", i);
    const Rigid3 pose = LookAt(orbit.center + from_center, orbit.center, {0, -1, 0});
    cameras.push_back({name, {width, height, focal, focal, width / 2.0, height / 2.0, pose}, Split::kTest});
  }
  return cameras;
}

}  // namespace splat
