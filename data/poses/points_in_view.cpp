#include "data/poses/points_in_view.h"

namespace splat::data {
namespace {

// Of the points that lie with the cameras nearly all are in view of one, of others next to none.
constexpr double kLeastInView = 0.1;
constexpr size_t kPointsTried = 500, kCamerasTried = 200;
constexpr double kMargin = 0.25;  // around the image, for distortion; of its size

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
  return CountPointsInView(photos, points).by_any >= kLeastInView;
}

}  // namespace splat::data
