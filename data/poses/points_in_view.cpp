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

// The part of the points that some camera has in view, by samples.
double PartInView(const SceneDescription& scene) {
  const auto& points = scene.points.positions;
  const size_t point_step = points.size() / kPointsTried + 1, camera_step = scene.photos.size() / kCamerasTried + 1;
  size_t tried = 0, seen = 0;
  for (size_t i = 0; i < points.size(); i += point_step) {
    ++tried;
    for (size_t j = 0; j < scene.photos.size(); j += camera_step) {
      if (!IsInView(scene.photos[j], points[i])) continue;
      ++seen;
      break;
    }
  }
  return tried > 0 ? double(seen) / double(tried) : 0;
}

}  // namespace

bool CamerasSeePoints(const SceneDescription& scene) {
  return PartInView(scene) >= kLeastInView;
}

}  // namespace splat::data
