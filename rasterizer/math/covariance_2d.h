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

// 2D covariance, px^2, with the low-pass added.
template <typename T>
SPLAT_HD inline SymMat2<T> Covariance2d(const JacobianRows<T>& rows, const SymMat3<T>& sigma) {
  const SymMat2<T> sharp = SharpCovariance2d(rows, sigma);
  return {sharp.xx + T(kLowPassVariancePx2), sharp.xy, sharp.yy + T(kLowPassVariancePx2)};
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

template <typename T>
struct Covariance2dGrad {
  SymMat3<T> sigma;
  Vec3<T> point_in_camera;  // through the Jacobian only; the pixel mean adds its own part
};

// grad_cov2d holds dL/d(xx, xy, yy) of the three stored numbers.
template <typename T>
SPLAT_HD inline Covariance2dGrad<T> Covariance2dBackward(const PinholeCamera<T>& camera, const Vec3<T>& p,
                                                         const SymMat3<T>& sigma, const SymMat2<T>& grad_cov2d) {
  const JacobianRows<T> rows = ProjectionJacobian(camera, p);
  const Vec3<T> a = rows.u, b = rows.v;
  const T gxx = grad_cov2d.xx, gxy = grad_cov2d.xy, gyy = grad_cov2d.yy;
  Covariance2dGrad<T> grad;
  grad.sigma.xx = gxx * a.x * a.x + gxy * a.x * b.x + gyy * b.x * b.x;
  grad.sigma.yy = gxx * a.y * a.y + gxy * a.y * b.y + gyy * b.y * b.y;
  grad.sigma.zz = gxx * a.z * a.z + gxy * a.z * b.z + gyy * b.z * b.z;
  grad.sigma.xy = T(2) * gxx * a.x * a.y + gxy * (a.x * b.y + a.y * b.x) + T(2) * gyy * b.x * b.y;
  grad.sigma.xz = T(2) * gxx * a.x * a.z + gxy * (a.x * b.z + a.z * b.x) + T(2) * gyy * b.x * b.z;
  grad.sigma.yz = T(2) * gxx * a.y * a.z + gxy * (a.y * b.z + a.z * b.y) + T(2) * gyy * b.y * b.z;
  // The gradient goes to the rows, then to u = x/z, v = y/z and 1/z.
  const Vec3<T> sa = sigma * a, sb = sigma * b;
  const Vec3<T> grad_a = T(2) * gxx * sa + gxy * sb, grad_b = T(2) * gyy * sb + gxy * sa;
  const T inverse_z = T(1) / p.z;
  const T u_raw = p.x * inverse_z, v_raw = p.y * inverse_z;
  const Vec3<T> w3 = Row(camera.rotation, 2);
  // a = fx/z (w1 - u w3): dL/dz through the factor 1/z is -a.grad_a / z.
  T grad_z = -(Dot(a, grad_a) + Dot(b, grad_b)) * inverse_z;
  T grad_x = T(0), grad_y = T(0);
  const auto u_free = (u_raw >= camera.tan_min.x) & (u_raw <= camera.tan_max.x);
  if (AnyLane(u_free)) {
    const T grad_u = -camera.fx * inverse_z * Dot(w3, grad_a);
    grad_x = Select(u_free, grad_u * inverse_z, T(0));
    grad_z = Select(u_free, grad_z - grad_u * u_raw * inverse_z, grad_z);
  }
  const auto v_free = (v_raw >= camera.tan_min.y) & (v_raw <= camera.tan_max.y);
  if (AnyLane(v_free)) {
    const T grad_v = -camera.fy * inverse_z * Dot(w3, grad_b);
    grad_y = Select(v_free, grad_v * inverse_z, T(0));
    grad_z = Select(v_free, grad_z - grad_v * v_raw * inverse_z, grad_z);
  }
  grad.point_in_camera = {grad_x, grad_y, grad_z};
  return grad;
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

// grad holds dL/d(across, shear, along); returns dL/d(xx, xy, yy) of the covariance.
template <typename T>
SPLAT_HD inline SymMat2<T> ShearedConicBackward(const ShearedConic<T>& conic, const ShearedConic<T>& grad) {
  const T s = conic.shear;
  const T grad_yy = -conic.across * conic.across * grad.across, grad_s = -conic.along * grad.shear;
  return {s * s * grad_yy + s * grad_s - conic.along * conic.along * grad.along, T(2) * s * grad_yy + grad_s, grad_yy};
}

}  // namespace splat::math
