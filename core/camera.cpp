#include "core/camera.h"

#include <cmath>

#include "core/check.h"

namespace splat {

void CheckCamera(const Camera& camera) {
  const Rigid3& pose = camera.camera_from_world;
  bool finite = std::isfinite(camera.cx) && std::isfinite(camera.cy) && std::isfinite(pose.translation.x) &&
                std::isfinite(pose.translation.y) && std::isfinite(pose.translation.z);
  for (int i = 0; i < 9; ++i) finite = finite && std::isfinite(pose.rotation(i / 3, i % 3));
  SPLAT_CHECK(finite, "camera: its pose or principal point is not finite");
  SPLAT_CHECK(camera.width >= 1 && camera.height >= 1 && camera.width <= kMostCameraSide_px &&
                  camera.height <= kMostCameraSide_px,
              "camera: size ", camera.width, " x ", camera.height, " px, expected 1 to ", kMostCameraSide_px);
  SPLAT_CHECK(camera.fx > 0 && camera.fy > 0 && std::isfinite(camera.fx) && std::isfinite(camera.fy),
              "camera: focal lengths ", camera.fx, ", ", camera.fy, " px, expected finite ones of more than 0");
}

}  // namespace splat
