// Rotations as quaternions in (w, x, y, z) order, Hamilton convention. Quaternions are stored unnormalised; the
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

// Derivative of the loss with respect to q, given grad_rotation[i][j] = dL/dR[i][j] of RotationMatrix(q).
template <typename T>
SPLAT_HD inline Quaternion<T> RotationMatrixBackward(const Quaternion<T>& q, const Mat3<T>& grad_rotation) {
  const auto& g = grad_rotation.m;
  const T s = T(2) / SquaredNorm(q);
  // R = I + s P(q) with P quadratic in q. d/dq of s P, first with s held, then s itself (ds/dq = -s^2 q).
  const T g_yz_minus = g[2][1] - g[1][2], g_xz_minus = g[0][2] - g[2][0], g_xy_minus = g[1][0] - g[0][1];
  const T g_yz_plus = g[2][1] + g[1][2], g_xz_plus = g[0][2] + g[2][0], g_xy_plus = g[1][0] + g[0][1];
  const T dw = q.x * g_yz_minus + q.y * g_xz_minus + q.z * g_xy_minus;
  const T dx = q.w * g_yz_minus + q.y * g_xy_plus + q.z * g_xz_plus - T(2) * q.x * (g[1][1] + g[2][2]);
  const T dy = q.w * g_xz_minus + q.x * g_xy_plus + q.z * g_yz_plus - T(2) * q.y * (g[0][0] + g[2][2]);
  const T dz = q.w * g_xy_minus + q.x * g_xz_plus + q.y * g_yz_plus - T(2) * q.z * (g[0][0] + g[1][1]);
  // P is homogeneous of degree two: sum g . P = (q . dP/dq) / 2.
  // In this order no product leaves the range of a float while |q|^2 is between 1e-30 and 1e30.
  const T radial = T(0.5) * s * (s * (q.w * dw + q.x * dx + q.y * dy + q.z * dz));
  return {s * dw - radial * q.w, s * dx - radial * q.x, s * dy - radial * q.y, s * dz - radial * q.z};
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
