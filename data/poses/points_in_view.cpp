#include "data/poses/points_in_view.h"

#include "core/camera.h"
#include "core/median_point.h"

#include <algorithm>

namespace splat::data {
namespace {

// Nearly all points that belong to the cameras are in view of one, and next to none of the others.
constexpr double kLeastInView = 0.1;
constexpr size_t kPointsTried = 500, kCamerasTried = 200;
constexpr double kMargin = 0.25;   // around the image, for distortion; of its size
constexpr double kOneSpot = 0.01;  // rad

// Whether the points are one spot for the cameras, and the cameras one for the points, as where one of the two has the
// coordinates of a map.
bool AreOneSpotFarOff(const std::vector<PosedPhoto>& photos, const std::vector<Vec3<double>>& points) {
  if (photos.size() < 2 || points.size() < 2) return false;
  std::vector<Vec3<double>> cameras, tried;
  for (const PosedPhoto& photo : photos) cameras.push_back(CameraCenterInWorld(photo.camera_from_world));
  for (size_t i = 0; i < points.size(); i += points.size() / kPointsTried + 1) tried.push_back(points[i]);
  const Vec3<double> camera = MedianPoint(cameras), point = MedianPoint(tried);
  return std::max(MedianDistance(cameras, camera), MedianDistance(tried, point)) < kOneSpot * Norm(point - camera);
}

bool IsInView(const PosedPhoto& photo, const Vec3<double>& point) {
  const Vec3<double> in_camera = photo.camera_from_world * point;
  if (!(in_camera.z > 0)) return false;
  const Intrinsics& camera = photo.intrinsics;
  const size_t focal_count = size_t(CameraModelFocalCount(camera.model));
  const double u = camera.params[0] * in_camera.x / in_camera.z + camera.params[focal_count];
  const double v = camera.params[focal_count - 1] * in_camera.y / in_camera.z + camera.params[focal_count + 1];
  return u > -kMargin * camera.width && u < (1 + kMargin) * camera.width && v > -kMargin * camera.height &&
         v < (1 + kMargin) * camera.height;
}

}  // namespace

PointsInView CountPointsInView(const std::vector<PosedPhoto>& photos, const std::vector<Vec3<double>>& points) {
  const size_t point_step = points.size() / kPointsTried + 1, camera_step = photos.size() / kCamerasTried + 1;
  size_t tried = 0, by_any = 0, pairs = 0, pairs_in_view = 0;
  for (size_t i = 0; i < points.size(); i += point_step) {
    size_t cameras = 0;
    for (size_t j = 0; j < photos.size(); j += camera_step) {
      ++pairs;
      cameras += IsInView(photos[j], points[i]) ? 1 : 0;
    }
    ++tried;
    by_any += cameras > 0 ? 1 : 0;
    pairs_in_view += cameras;
  }
  if (pairs == 0) return {};
  return {double(by_any) / double(tried), double(pairs_in_view) / double(pairs)};
}

bool CamerasSeePoints(const std::vector<PosedPhoto>& photos, const std::vector<Vec3<double>>& points) {
  return !AreOneSpotFarOff(photos, points) && CountPointsInView(photos, points).by_any >= kLeastInView;
}

}  // namespace splat::data
