// A camera's focal length is changed here so that each of its photos shows the same in other directions: what was seen
// at (x / z, y / z) is then seen at that divided by the factor (docs/math.md, section 14).
#pragma once

#include "data/photos/camera_model.h"

namespace splat::data {

// Whether the model has intrinsics for every factor: those of pinhole cameras, also distorted by polynomials of their
// own coordinates. The fisheye models, which are polynomials of an angle, and those that are not supported have none.
bool TakesFocalFactor(CameraModel model);

// Returns the intrinsics with the focal lengths multiplied by the factor, and with the distortion that leads from the
// new directions to the same pixels: a coefficient of r^n is multiplied by factor^n. Throws splat::Error for other
// models.
Intrinsics WithFocalFactor(const Intrinsics& intrinsics, double factor);

}  // namespace splat::data
