// This pinhole camera is a plain value, without image, path or tensor.
#pragma once

#include "core/rigid3.h"

namespace splat {

// The frame is COLMAP's: x right, y down, z forward. The centre of pixel (column 0, row 0) lies at (0.5, 0.5) px; a
// point (x, y, z) in the camera frame is seen at (fx x / z + cx, fy y / z + cy) px.
struct Camera {
  int width = 0;   // px
  int height = 0;  // px
  double fx = 0;   // focal length, px
  double fy = 0;   // focal length, px
  double cx = 0;   // principal point, px from the left edge
  double cy = 0;   // principal point, px from the top edge
  Rigid3 camera_from_world;
};

constexpr int kMostCameraSide_px = 65536;

// Throws splat::Error, naming what is wrong, unless all numbers are finite, the size is 1 to kMostCameraSide_px and the
// focal lengths are positive.
void CheckCamera(const Camera& camera);

// Returns the position of a camera's centre in the world frame.
inline Vec3<double> CameraCenterInWorld(const Rigid3& camera_from_world) {
  return Inverse(camera_from_world).translation;
}

inline Vec3<double> CameraCenterInWorld(const Camera& camera) {
  return CameraCenterInWorld(camera.camera_from_world);
}

// Returns the camera for an image of another size: the intrinsics are scaled per axis by new size / old size.
inline Camera ResizedCamera(const Camera& camera, int width, int height) {
  const double sx = double(width) / camera.width, sy = double(height) / camera.height;
  Camera resized = camera;
  resized.width = width;
  resized.height = height;
  resized.fx *= sx;
  resized.cx *= sx;
  resized.fy *= sy;
  resized.cy *= sy;
  return resized;
}

}  // namespace splat
