#include "data/dataset/scene_alignment.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/camera.h"
#include "core/fewest_cameras.h"
#include "core/mean.h"
#include "core/median_point.h"
#include "core/quantile.h"

namespace splat::data {
namespace {

// Least determinant of the mean of I - d d^T over the axes d. It is about the variance of the axes' angles in radians
// squared.
constexpr double kMinAxisSpread = 1e-4;
constexpr double kMeetClosely = 0.25;  // x the distance of the point from the cameras
// Cameras are in one place if their median distance from it is at most so many times the largest of their coordinates:
// what the rounding of poses in double leaves. Lengths below the second number are rounding around the origin.
constexpr double kRounding = 1e-14, kLeastLength = 1e-12;
constexpr double kOnePlace = 2.5e-7;      // x kAlignedDistance: centres that are no farther apart are one point
constexpr double kOnePlaceExtent = 0.25;  // x kAlignedDistance: what counts as the extent of one point
constexpr double kOppositeMargin = 1e-9;  // of the cosine between opposite directions

// The direction in the world frame of a direction in the camera frame.
Vec3<double> InWorld(const Rigid3& camera_from_world, const Vec3<double>& direction) {
  return Transpose(camera_from_world.rotation) * direction;
}

// The least rotation that takes one unit vector to another.
Mat3<double> RotationBetween(const Vec3<double>& from, const Vec3<double>& to) {
  const double cosine = Dot(from, to);
  if (cosine < -1 + kOppositeMargin) {  // opposite: half a turn about any axis across
    const Vec3<double> across = std::abs(from.x) < 0.9 ? Vec3<double>{1, 0, 0} : Vec3<double>{0, 1, 0};
    const Vec3<double> n = Normalized(Cross(from, across));
    return {{{2 * n.x * n.x - 1, 2 * n.x * n.y, 2 * n.x * n.z},
             {2 * n.x * n.y, 2 * n.y * n.y - 1, 2 * n.y * n.z},
             {2 * n.x * n.z, 2 * n.y * n.z, 2 * n.z * n.z - 1}}};
  }
  const Vec3<double> v = Cross(from, to);
  const double s = 1 / (1 + cosine);  // R = I + [v] + [v]^2 / (1 + cos)
  return {{{1 - s * (v.y * v.y + v.z * v.z), s * v.x * v.y - v.z, s * v.x * v.z + v.y},
           {s * v.x * v.y + v.z, 1 - s * (v.x * v.x + v.z * v.z), s * v.y * v.z - v.x},
           {s * v.x * v.z - v.y, s * v.y * v.z + v.x, 1 - s * (v.x * v.x + v.y * v.y)}}};
}

Vec3<double> UpInWorld(const std::vector<AlignedView>& views) {
  std::vector<Vec3<double>> ups;
  ups.reserve(views.size());
  for (const AlignedView& view : views) ups.push_back(InWorld(view.camera_from_world, view.up_in_camera));
  const Vec3<double> mean = Mean(ups);
  return Normalized(Norm(mean) > 1e-3 ? mean : ups.front());
}

// Where the axes meet, if they do and most cameras look at it.
std::optional<Vec3<double>> AttentionPoint(const std::vector<Rigid3>& cameras_from_world) {
  const auto point = WhereAxesMeet(cameras_from_world);
  if (!point) return std::nullopt;
  size_t looking_at_it = 0;
  for (const Rigid3& pose : cameras_from_world) looking_at_it += (pose * *point).z > 0 ? 1 : 0;
  if (2 * looking_at_it <= cameras_from_world.size()) return std::nullopt;
  return point;
}

}  // namespace

// Coordinates relative to the mean of the centres keep the sums small.
std::optional<Vec3<double>> WhereAxesMeet(const std::vector<Rigid3>& cameras_from_world) {
  if (cameras_from_world.empty()) return std::nullopt;
  std::vector<Vec3<double>> centers;
  centers.reserve(cameras_from_world.size());
  for (const Rigid3& pose : cameras_from_world) centers.push_back(CameraCenterInWorld(pose));
  const Vec3<double> mean = Mean(centers);
  Mat3<double> a = {};
  Vec3<double> b = {0, 0, 0};
  const double weight = 1.0 / double(centers.size());
  for (size_t view = 0; view < centers.size(); ++view) {
    const Vec3<double> d = InWorld(cameras_from_world[view], {0, 0, 1});
    const Mat3<double> across = {{{1 - d.x * d.x, -d.x * d.y, -d.x * d.z},
                                  {-d.x * d.y, 1 - d.y * d.y, -d.y * d.z},
                                  {-d.x * d.z, -d.y * d.z, 1 - d.z * d.z}}};
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) a(i, j) += weight * across(i, j);
    }
    b = b + weight * (across * (centers[view] - mean));
  }
  const double determinant = Determinant(a);
  if (!(determinant > kMinAxisSpread)) return std::nullopt;
  // a is symmetric: its inverse has the cross products of its rows as rows, divided by the determinant.
  return mean + (1 / determinant) * Vec3<double>{Dot(Cross(Row(a, 1), Row(a, 2)), b),
                                                 Dot(Cross(Row(a, 2), Row(a, 0)), b),
                                                 Dot(Cross(Row(a, 0), Row(a, 1)), b)};
}

std::optional<Vec3<double>> WhereAxesMeetClosely(const std::vector<Rigid3>& cameras_from_world) {
  if (cameras_from_world.size() < kFewestCameras) return std::nullopt;
  const auto point = WhereAxesMeet(cameras_from_world);
  if (!point) return std::nullopt;
  std::vector<double> distances, misses;
  for (const Rigid3& pose : cameras_from_world) {
    const Vec3<double> in_camera = pose * *point;
    distances.push_back(Norm(in_camera));
    misses.push_back(std::hypot(in_camera.x, in_camera.y));
  }
  return Median(std::move(misses)) <= kMeetClosely * Median(std::move(distances)) ? point : std::nullopt;
}

Vec3<double> UpInCamera(int exif_orientation) {
  switch (exif_orientation) {
    case 3:
    case 4:
      return {0, 1, 0};  // the stored first row is displayed at the bottom
    case 5:
    case 6:
      return {-1, 0, 0};  // the stored first column is displayed at the top
    case 7:
    case 8:
      return {1, 0, 0};  // the stored first column is displayed at the bottom
    default:
      return {0, -1, 0};
  }
}

Similarity3 AlignScene(const std::vector<AlignedView>& views, const std::vector<Vec3<double>>& points) {
  if (views.empty()) return {};
  std::vector<Rigid3> poses;
  std::vector<Vec3<double>> centers;
  for (const AlignedView& view : views) {
    poses.push_back(view.camera_from_world);
    centers.push_back(CameraCenterInWorld(view.camera_from_world));
  }
  const Vec3<double> mean = Mean(centers);
  const Vec3<double> origin = AttentionPoint(poses).value_or(mean);
  const double least = std::max(kLeastLength, kRounding * Norm(mean));
  double median = MedianDistance(centers, origin);
  if (!(median > least) && !points.empty()) median = MedianDistance(points, origin);
  Similarity3 scene_from_source;
  if (median > least) scene_from_source.scale = kAlignedDistance / median;
  scene_from_source.rotation = RotationBetween(UpInWorld(views), {0, -1, 0});
  scene_from_source.translation = -(scene_from_source.scale * (scene_from_source.rotation * origin));
  return scene_from_source;
}

Rigid3 AlignPose(const Rigid3& camera_from_source, const Similarity3& scene_from_source) {
  const Similarity3 source_from_scene = Inverse(scene_from_source);
  return {camera_from_source.rotation * source_from_scene.rotation,
          scene_from_source.scale * (camera_from_source * source_from_scene.translation)};
}

double CameraExtent(const std::vector<Vec3<double>>& centers) {
  if (centers.empty()) return kOnePlaceExtent * kAlignedDistance;
  const Vec3<double> mean = Mean(centers);
  double radius = 0;
  for (const Vec3<double>& center : centers) radius = std::max(radius, Norm(center - mean));
  return radius > kOnePlace * kAlignedDistance ? 1.1 * radius : kOnePlaceExtent * kAlignedDistance;
}

}  // namespace splat::data
