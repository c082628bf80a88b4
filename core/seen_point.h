// This header tells where a camera sees a point.
#pragma once

#include <optional>

#include "core/camera.h"

namespace splat {

// A place in the image, px, and the distance along z.
struct SeenPoint {
  double x = 0, y = 0, depth = 0;
};

// Returns nothing for a point of the world that is behind the camera or not in its image, to which the edges belong.
inline std::optional<SeenPoint> SeenAt(const Camera& camera, const Vec3<double>& in_world) {
  const Vec3<double> point = camera.camera_from_world * in_world;
  if (!(point.z > 0)) return std::nullopt;
  const double x = camera.fx * point.x / point.z + camera.cx, y = camera.fy * point.y / point.z + camera.cy;
  if (!(x >= 0 && y >= 0 && x <= camera.width && y <= camera.height)) return std::nullopt;
  return SeenPoint{x, y, point.z};
}

}  // namespace splat
