// A lens is given another radial distortion here (docs/math.md, section 14).
#pragma once

#include "data/photos/camera_model.h"

namespace splat::data {

// Whether the model has, or can be given, a coefficient of r^2: the pinhole models and their polynomials. The fisheye
// models, whose coefficients are of an angle, and those that are not supported have none.
bool TakesRadialChange(CameraModel model);

// Returns a lens with `change` added to its coefficient k1. In the first order it shows at the place of x (1 + change
// r^2) what it has shown at that of x, where x = (x / z, y / z) and r = |x|. A pinhole model becomes the smallest of
// COLMAP's that has the coefficient: SIMPLE_PINHOLE becomes SIMPLE_RADIAL, and PINHOLE becomes OPENCV. Throws
// splat::Error for other models.
Intrinsics WithRadialChange(const Intrinsics& intrinsics, double change);

}  // namespace splat::data
