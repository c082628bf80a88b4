#include "train/random_points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/mean.h"
#include "core/median_point.h"
#include "core/quantile.h"
#include "core/random.h"
#include "data/dataset/scene_alignment.h"
#include "scene/median_depth.h"

namespace splat::train {
namespace {

// Half the side of the box around one point, in units of the median distance of the cameras from it: an object that
// fills the image of a 40-degree lens reaches about a third of the distance to each side.
constexpr double kAroundPoint = 0.35;
// Cameras look one way if the mean of their axes is so long, or longer: they are within some 25 degrees of it.
constexpr double kOneWay = 0.9;
// Axes meet if in the median they pass the point by no more than this share of the cameras' distance from their middle.
// Where nearly parallel ones come nearest to each other is chance: they pass that point about as far off as they are
// apart.
constexpr double kMeet = 0.5;
// What a camera moves on to its nearest neighbour, x the side of what it sees: photos for a reconstruction overlap by
// three quarters or so.
constexpr double kUsualStep = 0.25;
// Cameras much closer to each other, those of a film, are no less than this far from what they look at, x their median
// distance from their middle.
constexpr double kLeastDepth = 0.5;
// How far the box reaches before and behind the depth, x the depth.
constexpr double kDepthReach = 0.5;
// Places nearer to each other than this are one, x the cameras' median distance from their middle; and for all of them,
// x the usual one.
constexpr double kOnePlace = 1e-6;
constexpr double kMostCameras = 0.05;  // the share of cameras that may lie outside, on each side

Vec3<double> AxisOf(const Camera& camera) {
  return Row(camera.camera_from_world.rotation, 2);
}

// The cameras of a dataset as a group.
struct Cameras {
  const data::Dataset& dataset;
  std::vector<Vec3<double>> centers;
  Vec3<double> middle = {0, 0, 0};     // mean of the centres
  Vec3<double> mean_axis = {0, 0, 0};  // at most 1 long
  double spread = 1;                   // median distance from `middle`

  explicit Cameras(const data::Dataset& of) : dataset(of) {
    if (of.views.empty()) return;
    std::vector<Vec3<double>> axes;
    for (const data::View& view : of.views) {
      centers.push_back(CameraCenterInWorld(view.camera));
      axes.push_back(AxisOf(view.camera));
    }
    middle = Mean(centers);
    mean_axis = Mean(axes);
    spread = MedianDistance(centers, middle);
  }
};

// Whether the axes meet before the cameras.
bool AxesMeet(const Cameras& cameras) {
  std::vector<Rigid3> poses;
  poses.reserve(cameras.dataset.views.size());
  for (const data::View& view : cameras.dataset.views) poses.push_back(view.camera.camera_from_world);
  const std::optional<Vec3<double>> point = data::WhereAxesMeet(poses);
  if (!point) return false;
  std::vector<double> misses, depths;
  for (const Rigid3& pose : poses) {
    const Vec3<double> seen = pose * *point;
    misses.push_back(std::hypot(seen.x, seen.y));
    depths.push_back(seen.z);
  }
  return Median(std::move(depths)) > 0 && Median(std::move(misses)) <= kMeet * cameras.spread;
}

std::optional<double> DepthOfPoints(const data::Dataset& dataset) {
  std::vector<double> depths;
  for (const data::View& view : dataset.views) {
    if (const auto depth = MedianDepth(view.camera, dataset.points.positions)) depths.push_back(*depth);
  }
  if (depths.empty()) return std::nullopt;
  return Median(std::move(depths));
}

// The mean side of what a camera sees at depth 1.
double SideSeen(const Camera& camera) {
  return std::sqrt(camera.width / camera.fx * (camera.height / camera.fy));
}

// The distance of each camera from its nearest neighbour in another place, and what it says of the depth.
std::vector<double> DepthsOfSteps(const Cameras& cameras) {
  std::vector<double> depths;
  for (size_t i = 0; i < cameras.centers.size(); ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const Vec3<double>& other : cameras.centers) {
      const double distance = Norm(other - cameras.centers[i]);
      if (distance > kOnePlace * cameras.spread) nearest = std::min(nearest, distance);
    }
    if (std::isfinite(nearest)) depths.push_back(nearest / (kUsualStep * SideSeen(cameras.dataset.views[i].camera)));
  }
  return depths;
}

double DepthOfView(const Cameras& cameras) {
  if (const auto depth = DepthOfPoints(cameras.dataset)) return *depth;
  std::vector<double> depths = DepthsOfSteps(cameras);
  const bool in_one_place = !(cameras.spread > kOnePlace * data::kAlignedDistance);
  if (in_one_place || depths.empty()) return data::kAlignedDistance;
  return std::max(Median(std::move(depths)), kLeastDepth * cameras.spread);
}

// Forward as the cameras look in the mean, to the right and down as the camera has it that looks most nearly so.
Mat3<double> FrameOfView(const Cameras& cameras) {
  const std::vector<data::View>& views = cameras.dataset.views;
  const auto nearest = std::max_element(views.begin(), views.end(), [&](const data::View& a, const data::View& b) {
    return Dot(AxisOf(a.camera), cameras.mean_axis) < Dot(AxisOf(b.camera), cameras.mean_axis);
  });
  const Vec3<double> forward = Normalized(cameras.mean_axis);
  const Vec3<double> down = Normalized(Cross(forward, Row(nearest->camera.camera_from_world.rotation, 0)));
  const Vec3<double> right = Cross(down, forward);
  return Transpose(
      Mat3<double>{{{right.x, right.y, right.z}, {down.x, down.y, down.z}, {forward.x, forward.y, forward.z}}});
}

// From where to where most of the numbers lie.
struct Range {
  double low, high;
};
Range RangeOfMost(const std::vector<double>& values) {
  return {Quantile(values, kMostCameras), Quantile(values, 1 - kMostCameras)};
}

PointBox BoxBefore(const Cameras& cameras) {
  const double depth = DepthOfView(cameras);
  double half_seen = 0;  // at that depth; photos may be turned
  for (const data::View& view : cameras.dataset.views) {
    const Camera& camera = view.camera;
    half_seen = std::max(half_seen, depth / 2 * std::max(camera.width / camera.fx, camera.height / camera.fy));
  }
  PointBox box;
  box.world_from_box = FrameOfView(cameras);
  const Mat3<double> box_from_world = Transpose(box.world_from_box);
  std::vector<double> x, y, z;
  for (const Vec3<double>& center : cameras.centers) {
    const Vec3<double> at = box_from_world * center;
    x.push_back(at.x);
    y.push_back(at.y);
    z.push_back(at.z);
  }
  const Range across = RangeOfMost(x), down = RangeOfMost(y), along = RangeOfMost(z);
  box.middle = box.world_from_box * Vec3<double>{(across.low + across.high) / 2, (down.low + down.high) / 2,
                                                 (along.low + along.high) / 2 + depth};
  box.half = {(across.high - across.low) / 2 + half_seen, (down.high - down.low) / 2 + half_seen,
              (along.high - along.low) / 2 + kDepthReach * depth};
  return box;
}

PointBox BoxAroundOrigin(const Cameras& cameras) {
  const double half = kAroundPoint * (cameras.centers.empty() ? 1 : MedianDistance(cameras.centers, {0, 0, 0}));
  PointBox box;
  box.half = {half, half, half};
  return box;
}

}  // namespace

PointBox BoxOfView(const data::Dataset& dataset) {
  const Cameras cameras(dataset);
  return Norm(cameras.mean_axis) >= kOneWay && !AxesMeet(cameras) ? BoxBefore(cameras) : BoxAroundOrigin(cameras);
}

data::PointCloud RandomPoints(const data::Dataset& dataset, int64_t count, uint64_t seed) {
  Random random(seed);
  const PointBox box = BoxOfView(dataset);
  const Vec3<double>& half = box.half;
  data::PointCloud cloud;
  for (int64_t i = 0; i < count; ++i) {
    const double x = random.Uniform(-half.x, half.x), y = random.Uniform(-half.y, half.y),
                 z = random.Uniform(-half.z, half.z);
    cloud.positions.push_back(box.middle + box.world_from_box * Vec3<double>{x, y, z});
    cloud.colors.push_back({uint8_t(random.Below(256)), uint8_t(random.Below(256)), uint8_t(random.Below(256))});
  }
  return cloud;
}

}  // namespace splat::train
