// Rotations are quaternions in (w, x, y, z) order, in Hamilton's convention. Quaternions are stored unnormalised; the
// rotation divides the products by |q|^2, so the gradient contains the normalisation exactly (docs/math.md, section 2).
#pragma once

#include "core/host_device.h"
#include "core/vec.h"

namespace splat {

template <typename T>
struct Quaternion {
  T w, x, y, z;
};

template <typename T>
SPLAT_HD inline T SquaredNorm(const Quaternion<T>& q) {
  return q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z;
}

// Rotation matrix of q / |q|. q must not be zero (its squared norm must be a normal number).
template <typename T>
SPLAT_HD inline Mat3<T> RotationMatrix(const Quaternion<T>& q) {
  const T s = T(2) / SquaredNorm(q);
  const T xx = s * q.x * q.x, yy = s * q.y * q.y, zz = s * q.z * q.z;
  const T xy = s * q.x * q.y, xz = s * q.x * q.z, yz = s * q.y * q.z;
  const T wx = s * q.w * q.x, wy = s * q.w * q.y, wz = s * q.w * q.z;
  return {{{T(1) - yy - zz, xy - wz, xz + wy}, {xy + wz, T(1) - xx - zz, yz - wx}, {xz - wy, yz + wx, T(1) - xx - yy}}};
}

// Unit quaternion of a rotation matrix, with w >= 0 (Shepperd's method: the largest of the four squares is divided by).
template <typename T>
Quaternion<T> QuaternionFromRotation(const Mat3<T>& r) {
  using std::sqrt;
  const T trace = r(0, 0) + r(1, 1) + r(2, 2);
  Quaternion<T> q;
  if (trace > r(0, 0) && trace > r(1, 1) && trace > r(2, 2)) {
    const T s = T(2) * sqrt(T(1) + trace);
    q = {s / T(4), (r(2, 1) - r(1, 2)) / s, (r(0, 2) - r(2, 0)) / s, (r(1, 0) - r(0, 1)) / s};
  } else if (r(0, 0) > r(1, 1) && r(0, 0) > r(2, 2)) {
    const T s = T(2) * sqrt(T(1) + r(0, 0) - r(1, 1) - r(2, 2));
    q = {(r(2, 1) - r(1, 2)) / s, s / T(4), (r(0, 1) + r(1, 0)) / s, (r(0, 2) + r(2, 0)) / s};
  } else if (r(1, 1) > r(2, 2)) {
    const T s = T(2) * sqrt(T(1) - r(0, 0) + r(1, 1) - r(2, 2));
    q = {(r(0, 2) - r(2, 0)) / s, (r(0, 1) + r(1, 0)) / s, s / T(4), (r(1, 2) + r(2, 1)) / s};
  } else {
    const T s = T(2) * sqrt(T(1) - r(0, 0) - r(1, 1) + r(2, 2));
    q = {(r(1, 0) - r(0, 1)) / s, (r(0, 2) + r(2, 0)) / s, (r(1, 2) + r(2, 1)) / s, s / T(4)};
  }
  if (q.w < T(0)) q = {-q.w, -q.x, -q.y, -q.z};
  return q;
}

}  // namespace splat
