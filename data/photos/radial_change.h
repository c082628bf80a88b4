// A lens is given another radial distortion here (docs/math.md, section 14).
#pragma once

#include "data/photos/camera_model.h"

namespace splat::data {

// Returns a lens with `change` added to its coefficient k1. In the first order it shows at the place of x (1 + change
// r^2) what it has shown at that of x, where x = (x / z, y / z) and r = |x|. A pinhole model becomes the smallest of
// COLMAP's that has the coefficient: SIMPLE_PINHOLE becomes SIMPLE_RADIAL, and PINHOLE becomes OPENCV. The models
// that take it are those that take a factor of their focal length (TakesFocalFactor); throws splat::Error for others.
Intrinsics WithRadialChange(const Intrinsics& intrinsics, double change);

}  // namespace splat::data
