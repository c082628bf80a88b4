// UndistortedCamera of undistort.h: the camera alone. undistort.cpp has the images.
#include <algorithm>
#include <limits>

#include "core/check.h"
#include "data/photos/lens.h"
#include "data/photos/undistort.h"

namespace splat::data {
namespace {

constexpr int kBorderSamples = 64;  // per side

// Axis-parallel rectangle in undistorted coordinates.
struct Rectangle {
  double left = -std::numeric_limits<double>::infinity(), right = std::numeric_limits<double>::infinity();
  double top = left, bottom = right;
};

// The rectangle that lies within the photo's four borders after undistortion. As no point of the left border lies right
// of `left` (and so on), the borders cannot cut into it.
Rectangle VisibleRectangle(const Lens& lens, int width, int height) {
  const auto undistort = [&](double u, double v) {
    return UndistortTowards(lens, {(u - lens.cx) / lens.fx, (v - lens.cy) / lens.fy});
  };
  Rectangle inner;
  for (int i = 0; i <= kBorderSamples; ++i) {
    const double u = double(width) * i / kBorderSamples, v = double(height) * i / kBorderSamples;
    inner.left = std::max(inner.left, undistort(0, v).x);
    inner.right = std::min(inner.right, undistort(width, v).x);
    inner.top = std::max(inner.top, undistort(u, 0).y);
    inner.bottom = std::min(inner.bottom, undistort(u, height).y);
  }
  return inner;
}

}  // namespace

Camera UndistortedCamera(const Intrinsics& intrinsics) {
  const Lens lens = MakeLens(intrinsics);
  Camera camera;
  camera.width = intrinsics.width;
  camera.height = intrinsics.height;
  camera.fx = lens.fx;
  camera.fy = lens.fy;
  camera.cx = lens.cx;
  camera.cy = lens.cy;
  if (!HasDistortion(intrinsics)) return camera;
  const Rectangle inner = VisibleRectangle(lens, camera.width, camera.height);
  const double seen_x = inner.right - inner.left, seen_y = inner.bottom - inner.top;
  SPLAT_CHECK(seen_x > 0 && seen_y > 0, "the ", CameraModelName(intrinsics.model),
              " camera's distortion leaves no image to undistort within 60 degrees of its axis; check its parameters");
  const double zoom = std::max(camera.width / (lens.fx * seen_x), camera.height / (lens.fy * seen_y));
  camera.fx *= zoom;
  camera.fy *= zoom;
  camera.cx = camera.width / 2.0 - camera.fx * (inner.left + inner.right) / 2;
  camera.cy = camera.height / 2.0 - camera.fy * (inner.top + inner.bottom) / 2;
  return camera;
}

}  // namespace splat::data
