// This header makes exact rotations of those that pose files hold, which are rounded or multiplied by a scale.
#pragma once

#include <string>

#include "core/vec.h"

namespace splat {

// This is how far R^T R may be from a multiple of the identity: files that print three digits pass, a sheared matrix
// does not.
constexpr double kRotationTolerance = 1e-2;

// This is how far the last row of a 4 x 4 matrix may be from 0 0 0 1 by rounding.
constexpr double kLastRowTolerance = 1e-6;

struct ScaledRotation {
  Mat3<double> rotation;
  double scale = 1;
};

// Takes the scale off `matrix`, which must be a rotation times a number up to kRotationTolerance; a scale within that
// is none. Throws splat::Error for any other; `what` (file, entry, "'transform_matrix'") begins the message.
ScaledRotation TakeScaleOff(const Mat3<double>& matrix, const std::string& what);

// The rotation nearest to `matrix`, which is one up to kRotationTolerance.
Mat3<double> NearestRotation(const Mat3<double>& matrix);

}  // namespace splat
