#include "scene/near_plane.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/quantile.h"
#include "scene/extent.h"
#include "scene/median_depth.h"
#include "scene/sampled_means.h"
#include "scene/splat_selection.h"

namespace splat {
namespace {

constexpr size_t kSampledPoints = 50'000, kSampledCameras = 100;  // enough for a median
constexpr double kNearPoints = 0.05;                              // of what is seen
constexpr double kBeforePoints = 0.5;                             // x the depth of these
constexpr double kLeastShare = 0.0005;  // of the distance: nearer points are errors of the reconstruction

// The step that takes every n-th, so that about `most` of `count` are left.
size_t StepFor(size_t count, size_t most) {
  return std::max<size_t>(1, count / most);
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

double NearPlaneFor(const std::vector<Camera>& cameras, const SplatSelection& splats) {
  const std::vector<Vec3<double>> means = VisibleMeans(splats);
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
