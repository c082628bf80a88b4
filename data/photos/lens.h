// A lens is its distortion as a formula: it leads from the direction of a ray to where the calibrated image shows it.
#pragma once

#include "core/vec.h"
#include "data/photos/camera_model.h"

namespace splat::data {

// All supported models are special cases of two: OpenCV's rational model with tangential terms, to which a fourth
// radial coefficient and a shear are added, and its fisheye model.
struct Lens {
  double fx = 0, fy = 0, cx = 0, cy = 0;  // px of the calibrated image; centre of pixel (0,0) at (0.5, 0.5)
  bool fisheye = false;
  double numerator[4] = {0, 0, 0, 0};  // rational: of r^2 ... r^8; fisheye: of theta^2 ... theta^8
  double denominator[3] = {0, 0, 0};   // rational: of r^2, r^4, r^6
  double tangential[2] = {0, 0};       // p1, p2
  double shear = 0;                    // rational: the part of y that is added to x in the end
};

// Throws splat::Error naming the model if it is not supported, or if the number of parameters is wrong.
Lens MakeLens(const Intrinsics& intrinsics);

// tan 60 degrees: the largest radius (x / z, y / z) of a ray that is undistorted.
constexpr double kMaxRadius = 1.7320508075688772;

// `undistorted` is (x / z, y / z) of a point in the camera frame. The result has the same kind of coordinates, so that
// the point is seen at (fx x + cx, fy y + cy) px.
//   rational: d = s u + t,  s = (1 + k1 r^2 + k2 r^4 + k3 r^6 + n4 r^8) / (1 + k4 r^2 + k5 r^4 + k6 r^6),  r = |u|,
//             t = (2 p1 ux uy + p2 (r^2 + 2 ux^2), p1 (r^2 + 2 uy^2) + 2 p2 ux uy), and then dx + shear dy for dx
//   fisheye:  d = u theta (1 + k1 theta^2 + k2 theta^4 + k3 theta^6 + k4 theta^8) / r,  theta = atan r
Vec2<double> Distort(const Lens& lens, const Vec2<double>& undistorted);

// Returns where the calibrated image shows a point of the camera frame that lies before the camera, in px.
inline Vec2<double> ProjectThrough(const Lens& lens, const Vec3<double>& in_camera) {
  const Vec2<double> ray = Distort(lens, {in_camera.x / in_camera.z, in_camera.y / in_camera.z});
  return {lens.fx * ray.x + lens.cx, lens.fy * ray.y + lens.cy};
}

// Finds the point on the way from the optical axis to `distorted` that lies farthest out and still has an inverse, and
// returns that inverse. The point is `distorted` itself unless the model folds back on itself there or the ray is more
// than 60 degrees off the axis (a pinhole image of more would be all rim).
Vec2<double> UndistortTowards(const Lens& lens, const Vec2<double>& distorted);

}  // namespace splat::data
