#include "scene/near_plane.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/quantile.h"
#include "core/seen_point.h"
#include "scene/select.h"
#include "scene/sky_depth.h"
#include "scene/splat_selection.h"

namespace splat {
namespace {

constexpr size_t kSampledPoints = 50'000, kSampledCameras = 100;  // enough for a median
constexpr double kVisibleOpacity = 0.1;
constexpr size_t kFewestSeen = 10;      // below that a median says nothing
constexpr double kNearPoints = 0.05;    // of what is seen
constexpr double kBeforePoints = 0.5;   // x the depth of these
constexpr double kLeastShare = 0.0005;  // of the distance: nearer points are errors of the reconstruction

// The step that takes every n-th, so that about `most` of `count` are left.
size_t StepFor(size_t count, size_t most) {
  return std::max<size_t>(1, count / most);
}

// Adds the depths of those points that the camera sees, of every `step`-th.
void AddDepths(const Camera& camera, const std::vector<Vec3<double>>& points, size_t step,
               std::vector<double>& depths) {
  for (size_t i = 0; i < points.size(); i += step) {
    if (const auto seen = SeenAt(camera, points[i])) depths.push_back(seen->depth);
  }
}

}  // namespace

double NearPlaneAt(double distance, const std::vector<Camera>& cameras, const std::vector<Vec3<double>>& points) {
  std::vector<double> depths;
  const size_t point_step = StepFor(points.size(), kSampledPoints / 10);
  for (size_t i = 0; i < cameras.size(); i += StepFor(cameras.size(), kSampledCameras)) {
    AddDepths(cameras[i], points, point_step, depths);
  }
  if (depths.size() < kFewestSeen) return kNearShare * distance;
  const double before_points = kBeforePoints * Quantile(std::move(depths), kNearPoints);
  return std::max(kLeastShare * distance, std::min(kNearShare * distance, before_points));
}

std::vector<Vec3<double>> SampledMeans(const SplatSelection& splats) {
  std::vector<Vec3<double>> means;
  const auto step = int64_t(StepFor(size_t(splats.count()), kSampledPoints));
  for (int64_t splat = 0; splat < splats.count(); splat += step) {
    if (splats.Opacity(splat) < kVisibleOpacity) continue;
    const Vec3<float> mean = splats.Mean(splat);
    means.push_back({mean.x, mean.y, mean.z});
  }
  return means;
}

std::optional<double> MedianDepth(const Camera& camera, const std::vector<Vec3<double>>& points) {
  std::vector<double> depths;
  AddDepths(camera, points, 1, depths);
  if (depths.size() < kFewestSeen) return std::nullopt;
  const double sky = SkyDepth(Quantile(depths, kForeground));
  depths.erase(std::remove_if(depths.begin(), depths.end(), [&](double depth) { return depth > sky; }), depths.end());
  return Median(std::move(depths));
}

double NearPlaneFor(const std::vector<Camera>& cameras, const SplatSelection& splats) {
  const std::vector<Vec3<double>> means = SampledMeans(splats);
  const Sphere most = SphereAroundMost(splats);
  std::vector<double> depths, distances;
  for (size_t i = 0; i < cameras.size(); i += StepFor(cameras.size(), kSampledCameras)) {
    if (const auto depth = MedianDepth(cameras[i], means)) depths.push_back(*depth);
    distances.push_back(Norm(CameraCenterInWorld(cameras[i]) - most.center));
  }
  const double distance = Median(depths.empty() ? std::move(distances) : std::move(depths));
  return kNearShare * (distance > 0 ? distance : most.radius);
}

}  // namespace splat
