// The lens of the photos leads from a place on a photo to the ray that it shows, with the distortion of real lenses.
#pragma once

#include "capture/shapes.h"
#include "core/camera.h"
#include "core/vec.h"

namespace splat::capture {

// COLMAP's OPENCV model: on the plane z = 1, with r^2 = x^2 + y^2,
//   x' = x (1 + k1 r^2 + k2 r^4) + 2 p1 x y + p2 (r^2 + 2 x^2)
//   y' = y (1 + k1 r^2 + k2 r^4) + 2 p2 x y + p1 (r^2 + 2 y^2).
struct Distortion {
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0;

  bool IsZero() const { return k1 == 0 && k2 == 0 && p1 == 0 && p2 == 0; }
};

Vec2<double> Distort(const Distortion& distortion, const Vec2<double>& undistorted);
// The inverse of Distort, where that is one-to-one (see DistortionIsInvertible).
Vec2<double> Undistort(const Distortion& distortion, const Vec2<double>& distorted);
// Whether each pixel of a photo with this camera belongs to exactly one direction.
bool DistortionIsInvertible(const Distortion& distortion, const Camera& camera);

struct Lens {
  Camera camera;
  Distortion distortion;
};

// World-frame ray through a place on the photo (px), with camera-frame direction (x, y, 1): its t is the depth.
Ray RayThrough(const Lens& lens, double x_px, double y_px);

}  // namespace splat::capture
