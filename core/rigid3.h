// Rigid motions are named target_from_source: x_in_target = rotation * x_in_source + translation.
#pragma once

#include <array>
#include <cstddef>

#include "core/vec.h"

namespace splat {

struct Rigid3 {
  Mat3<double> rotation = Identity3<double>();
  Vec3<double> translation = {0, 0, 0};

  Vec3<double> operator*(const Vec3<double>& x_in_source) const { return rotation * x_in_source + translation; }
};

// c_from_a = Compose(c_from_b, b_from_a).
inline Rigid3 Compose(const Rigid3& c_from_b, const Rigid3& b_from_a) {
  return {c_from_b.rotation * b_from_a.rotation, c_from_b * b_from_a.translation};
}

inline Rigid3 Inverse(const Rigid3& target_from_source) {
  const Mat3<double> rotation = Transpose(target_from_source.rotation);
  return {rotation, -(rotation * target_from_source.translation)};
}

// Similarity: x_in_target = scale * rotation * x_in_source + translation, scale > 0.
struct Similarity3 {
  double scale = 1;
  Mat3<double> rotation = Identity3<double>();
  Vec3<double> translation = {0, 0, 0};

  Vec3<double> operator*(const Vec3<double>& x_in_source) const {
    return scale * (rotation * x_in_source) + translation;
  }
};

// The rows of the matrix [scale * rotation, translation].
inline std::array<std::array<double, 4>, 3> RowsOf(const Similarity3& transform) {
  const double translation[3] = {transform.translation.x, transform.translation.y, transform.translation.z};
  std::array<std::array<double, 4>, 3> rows;
  for (int i = 0; i < 3; ++i) {
    const Vec3<double> row = transform.scale * Row(transform.rotation, i);
    rows[size_t(i)] = {row.x, row.y, row.z, translation[i]};
  }
  return rows;
}

inline Similarity3 Inverse(const Similarity3& target_from_source) {
  const Mat3<double> rotation = Transpose(target_from_source.rotation);
  const double scale = 1 / target_from_source.scale;
  return {scale, rotation, -(scale * (rotation * target_from_source.translation))};
}

}  // namespace splat
