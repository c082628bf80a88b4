// This camera of photogrammetry programs is one polynomial, which each of them names in its own way.
#pragma once

#include "data/photos/camera_model.h"

namespace splat::data {

// The camera is given in the terms that Metashape and RealityCapture share. A ray (x, y) with r^2 = x^2 + y^2 is seen
// at
//   bent = (x s + t1 (r^2 + 2 x^2) + 2 t2 x y, y s + t2 (r^2 + 2 y^2) + 2 t1 x y),  s = 1 + k1 r^2 + ... + k4 r^8
//   (fx bent_x + skew bent_y + cx, fy bent_y + cy) px.
struct BrownCamera {
  int width = 0, height = 0;              // px
  double fx = 0, fy = 0, cx = 0, cy = 0;  // px; the centre of pixel (0,0) is at (0.5, 0.5)
  double skew = 0;                        // px
  double k[4] = {0, 0, 0, 0};
  double t[2] = {0, 0};  // OpenCV's p2 and p1: the other order

  // A pinhole where nothing is bent.
  Intrinsics ToIntrinsics() const;
};

}  // namespace splat::data
