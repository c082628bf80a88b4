#include "capture/lens.h"

#include <cmath>

namespace splat::capture {

Vec2<double> Distort(const Distortion& d, const Vec2<double>& p) {
  const double r2 = p.x * p.x + p.y * p.y, radial = 1 + r2 * (d.k1 + r2 * d.k2);
  return {p.x * radial + 2 * d.p1 * p.x * p.y + d.p2 * (r2 + 2 * p.x * p.x),
          p.y * radial + 2 * d.p2 * p.x * p.y + d.p1 * (r2 + 2 * p.y * p.y)};
}

// Newton's method with the exact Jacobian.
Vec2<double> Undistort(const Distortion& d, const Vec2<double>& distorted) {
  if (d.IsZero()) return distorted;
  constexpr int kMaxSteps = 20;
  constexpr double kEnough = 1e-13;
  Vec2<double> p = distorted;
  for (int step = 0; step < kMaxSteps; ++step) {
    const Vec2<double> error = Distort(d, p) - distorted;
    const double r2 = p.x * p.x + p.y * p.y, radial = 1 + r2 * (d.k1 + r2 * d.k2), slope = 2 * (d.k1 + 2 * d.k2 * r2);
    const double xx = radial + slope * p.x * p.x + 2 * d.p1 * p.y + 6 * d.p2 * p.x;
    const double xy = slope * p.x * p.y + 2 * d.p1 * p.x + 2 * d.p2 * p.y;
    const double yy = radial + slope * p.y * p.y + 2 * d.p2 * p.x + 6 * d.p1 * p.y;
    const double determinant = xx * yy - xy * xy;
    const Vec2<double> change = {(yy * error.x - xy * error.y) / determinant,
                                 (xx * error.y - xy * error.x) / determinant};
    p = p - change;
    if (std::abs(change.x) + std::abs(change.y) < kEnough) break;
  }
  return p;
}

bool DistortionIsInvertible(const Distortion& distortion, const Camera& camera) {
  if (distortion.IsZero()) return true;
  constexpr int kSteps = 16;  // per border, and outwards
  constexpr double kTolerance = 1e-9;
  for (int i = 0; i < 4 * kSteps; ++i) {
    const int border = i / kSteps % 4, far_side = border / 2;
    const double along = double(i % kSteps) / (kSteps - 1);
    const double x_px = (border % 2 == 1 ? far_side : along) * camera.width;
    const double y_px = (border % 2 == 1 ? along : far_side) * camera.height;
    const Vec2<double> distorted = {(x_px - camera.cx) / camera.fx, (y_px - camera.cy) / camera.fy};
    double reached = 0;
    for (int step = 1; step <= kSteps; ++step) {  // outwards, each place further from the axis than the one before
      const Vec2<double> target = (double(step) / kSteps) * distorted;
      const Vec2<double> p = Undistort(distortion, target), error = Distort(distortion, p) - target;
      const double radius = std::sqrt(p.x * p.x + p.y * p.y);
      if (!(std::abs(error.x) + std::abs(error.y) < kTolerance && radius >= reached)) return false;
      reached = radius;
    }
  }
  return true;
}

Ray RayThrough(const Lens& lens, double x_px, double y_px) {
  const Camera& camera = lens.camera;
  const Vec2<double> p = Undistort(lens.distortion, {(x_px - camera.cx) / camera.fx, (y_px - camera.cy) / camera.fy});
  return {CameraCenterInWorld(camera), Transpose(camera.camera_from_world.rotation) * Vec3<double>{p.x, p.y, 1}};
}

}  // namespace splat::capture
