#include "core/rotation_matrix.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace splat {

ScaledRotation TakeScaleOff(const Mat3<double>& matrix, const std::string& what) {
  const Mat3<double> gram = Transpose(matrix) * matrix;
  const double lengths[] = {gram(0, 0), gram(1, 1), gram(2, 2)};
  const double square = (lengths[0] + lengths[1] + lengths[2]) / 3;
  SPLAT_CHECK(square > 0 && std::isfinite(square), what, " is no rotation (it is zero or too large)");
  double bent = 0, stretched = 0;
  for (int i = 0; i < 3; ++i) {
    stretched = std::max(stretched, std::abs(gram(i, i) / square - 1));
    for (int j = 0; j < i; ++j) bent = std::max(bent, std::abs(gram(i, j) / square));
  }
  SPLAT_CHECK(bent <= kRotationTolerance, what, " is no rotation with a translation (it is sheared); export it again");
  SPLAT_CHECK(stretched <= kRotationTolerance, what,
              " is no rotation with a translation (its axes are scaled differently); export it again");
  SPLAT_CHECK(Determinant(matrix) > 0, what, " is no rotation with a translation (it is mirrored); export it again");
  if (std::abs(square - 1) <= kRotationTolerance) return {matrix, 1};
  const double scale = std::sqrt(square);
  Mat3<double> r = matrix;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) r(i, j) /= scale;
  }
  return {r, scale};
}

// Newton's iteration for the polar decomposition, r <- (r + r^-T) / 2, whose error squares with each step.
Mat3<double> NearestRotation(const Mat3<double>& matrix) {
  Mat3<double> r = matrix;
  for (int step = 0; step < 6; ++step) {
    const double scale = 1 / Determinant(r);
    const Vec3<double> rows[3] = {Row(r, 0), Row(r, 1), Row(r, 2)};
    for (int i = 0; i < 3; ++i) {
      // Row i of r^-T.
      const Vec3<double> inverse = scale * Cross(rows[(i + 1) % 3], rows[(i + 2) % 3]);
      const Vec3<double> mean = 0.5 * (rows[i] + inverse);
      r(i, 0) = mean.x;
      r(i, 1) = mean.y;
      r(i, 2) = mean.z;
    }
  }
  return r;
}

}  // namespace splat
