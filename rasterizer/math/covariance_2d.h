// The 3D covariance of a splat brought to the screen: the 2D covariance by the Jacobian of the projection, its
// determinant, and its inverse, the conic (docs/math.md, section 4; Zwicker et al. 2001, "EWA Splatting").
#pragma once

#include <cmath>

#include "core/host_device.h"
#include "core/lanes.h"
#include "core/quaternion.h"
#include "core/vec.h"
#include "rasterizer/math/constants.h"
#include "rasterizer/math/projection.h"

namespace splat::math {

// 2D covariance, px^2, before the low-pass.
template <typename T>
SPLAT_HD inline SymMat2<T> SharpCovariance2d(const JacobianRows<T>& rows, const SymMat3<T>& sigma) {
  const Vec3<T> su = sigma * rows.u, sv = sigma * rows.v;
  return {Dot(rows.u, su), Dot(rows.u, sv), Dot(rows.v, sv)};
}

template <typename T>
SPLAT_HD inline SymMat2<T> WithLowPass(const SymMat2<T>& sharp) {
  return {sharp.xx + T(kLowPassVariancePx2), sharp.xy, sharp.yy + T(kLowPassVariancePx2)};
}

// 2D covariance, px^2, with the low-pass added.
template <typename T>
SPLAT_HD inline SymMat2<T> Covariance2d(const JacobianRows<T>& rows, const SymMat3<T>& sigma) {
  return WithLowPass(SharpCovariance2d(rows, sigma));
}

// Determinant of SharpCovariance2d(rows, sigma) for sigma = Covariance3d(log_scale, quat), as a sum of squares
// (docs/math.md, section 4). xx yy - xy^2 would cancel in float: by 1 % for a needle 300 px long, wholly for 3,000 px.
template <typename T>
SPLAT_HD inline T SharpDeterminant2d(const JacobianRows<T>& rows, const Vec3<T>& log_scale, const Quaternion<T>& quat) {
  using std::exp;
  const Mat3<T> r = RotationMatrix(quat);
  const Vec3<T> normal = Cross(rows.u, rows.v);
  const T nx = Dot(Vec3<T>{r.m[0][0], r.m[1][0], r.m[2][0]}, normal) * exp(log_scale.y + log_scale.z);
  const T ny = Dot(Vec3<T>{r.m[0][1], r.m[1][1], r.m[2][1]}, normal) * exp(log_scale.z + log_scale.x);
  const T nz = Dot(Vec3<T>{r.m[0][2], r.m[1][2], r.m[2][2]}, normal) * exp(log_scale.x + log_scale.y);
  return nx * nx + ny * ny + nz * nz;
}

// The determinant of cov = Covariance2d(rows, sigma), made from that before the low-pass: it is a sum of positive terms
// again.
template <typename T>
SPLAT_HD inline T Covariance2dDeterminant(T sharp_determinant, const SymMat2<T>& cov) {
  const T low_pass = T(kLowPassVariancePx2);
  return sharp_determinant + low_pass * (cov.xx + cov.yy - low_pass);
}

// Inverse of a 2D covariance of the given determinant: the conic (a, b, c) as {xx, xy, yy}, so that
// q(d) = a dx^2 + 2 b dx dy + c dy^2.
template <typename T>
SPLAT_HD inline SymMat2<T> Conic(const SymMat2<T>& cov, T determinant) {
  const T inverse = T(1) / determinant;
  return {cov.yy * inverse, -cov.xy * inverse, cov.xx * inverse};
}

// The conic as a sum of squares, in which nothing cancels: q(d) = across (dy + shear dx)^2 + along dx^2. across and
// along are positive: 1 / along is the variance along x, 1 / across that along y where x is given.
template <typename T>
struct ShearedConic {
  T across, shear, along;
};

template <typename T>
SPLAT_HD inline ShearedConic<T> ShearedConicOf(const SymMat2<T>& cov, T determinant) {
  const T along = T(1) / cov.xx;
  return {cov.xx / determinant, -cov.xy * along, along};
}

}  // namespace splat::math
