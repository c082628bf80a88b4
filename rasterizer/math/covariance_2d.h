// This header brings the 3D covariance of a splat to the screen: it computes the 2D covariance by the Jacobian of the
// projection, its determinant, its inverse, the conic, and their gradient, all by way of the splat's three axes as the
// camera sees them. Nothing but the entries of the covariance cancels, however long and thin the splat is
// (docs/math.md, section 4; Zwicker et al. 2001, "EWA Splatting").
#pragma once

#include <cmath>

#include "core/host_device.h"
#include "core/lanes.h"
#include "core/quaternion.h"
#include "core/vec.h"
#include "rasterizer/math/projection.h"
#include "rasterizer/math/thresholds.h"

namespace splat::math {

// Axis k is r_k, column k of the rotation, of variance v_k = exp(2 s_k). On the image it is t_k = (a.r_k, b.r_k), in px
// per unit, for the rows a and b of the projection's Jacobian. The 2D covariance before the low-pass is the sum over k
// of v_k t_k t_k^T.
template <typename T>
struct ProjectedAxes {
  Vec3<T> axis[3];
  T variance[3];
  Vec2<T> image[3];
  T crossing[3];  // t_i x t_j for {i, j, k} in cyclic order, as r_k.(a x b)
};

template <typename T>
SPLAT_HD inline T Dot(const Vec2<T>& a, const Vec2<T>& b) {
  return a.x * b.x + a.y * b.y;
}
template <typename T>
SPLAT_HD inline T Cross(const Vec2<T>& a, const Vec2<T>& b) {
  return a.x * b.y - a.y * b.x;
}
// Turned by a right angle.
template <typename T>
SPLAT_HD inline Vec2<T> Perpendicular(const Vec2<T>& a) {
  return {-a.y, a.x};
}

template <typename T>
SPLAT_HD inline ProjectedAxes<T> ProjectAxes(const JacobianRows<T>& rows, const Vec3<T>& log_scale,
                                             const Quaternion<T>& quat) {
  using std::exp;
  const Mat3<T> r = RotationMatrix(quat);
  const Vec3<T> normal = Cross(rows.u, rows.v);
  ProjectedAxes<T> out;
  out.variance[0] = exp(T(2) * log_scale.x);
  out.variance[1] = exp(T(2) * log_scale.y);
  out.variance[2] = exp(T(2) * log_scale.z);
  for (int k = 0; k < 3; ++k) {
    out.axis[k] = {r.m[0][k], r.m[1][k], r.m[2][k]};
    out.image[k] = {Dot(out.axis[k], rows.u), Dot(out.axis[k], rows.v)};
    out.crossing[k] = Dot(out.axis[k], normal);
  }
  return out;
}

// 2D covariance, px^2, before the low-pass: the sum over k of v_k t_k t_k^T.
template <typename T>
SPLAT_HD inline SymMat2<T> SharpCovariance2d(const ProjectedAxes<T>& axes) {
  SymMat2<T> sum = {T(0), T(0), T(0)};
  for (int k = 0; k < 3; ++k) {
    const Vec2<T> t = axes.image[k], weighted = axes.variance[k] * t;
    sum = {sum.xx + weighted.x * t.x, sum.xy + weighted.x * t.y, sum.yy + weighted.y * t.y};
  }
  return sum;
}

// Its determinant as a sum of squares. xx yy - xy^2 would cancel in float: by 1 % for a needle 300 px long, wholly for
// 3,000 px.
template <typename T>
SPLAT_HD inline T SharpDeterminant2d(const ProjectedAxes<T>& axes) {
  const T* v = axes.variance;
  const T* c = axes.crossing;
  return v[1] * v[2] * c[0] * c[0] + v[2] * v[0] * c[1] * c[1] + v[0] * v[1] * c[2] * c[2];
}

template <typename T>
SPLAT_HD inline SymMat2<T> WithLowPass(const SymMat2<T>& sharp) {
  return {sharp.xx + T(kLowPassVariancePx2), sharp.xy, sharp.yy + T(kLowPassVariancePx2)};
}

// 2D covariance, px^2, with the low-pass added.
template <typename T>
SPLAT_HD inline SymMat2<T> Covariance2d(const ProjectedAxes<T>& axes) {
  return WithLowPass(SharpCovariance2d(axes));
}

// The determinant of cov = Covariance2d(axes), made from SharpDeterminant2d: it is a sum of positive terms again.
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

// --- The gradient.

// adj(S) t_k for the sum S: the axis itself drops out of it, with what would cancel.
template <typename T>
SPLAT_HD inline Vec2<T> AdjugateTimesAxis(const ProjectedAxes<T>& axes, int k) {
  const int i = (k + 1) % 3, j = (k + 2) % 3;
  return (axes.crossing[i] * axes.variance[j]) * Perpendicular(axes.image[j]) -
         (axes.crossing[j] * axes.variance[i]) * Perpendicular(axes.image[i]);
}

template <typename T>
struct ProjectedAxesGrad {
  Vec3<T> log_scale;  // through the variances
  Vec3<T> turn;       // dL/d(angle) of a rotation about each axis
  Vec2<T> image[3];
};

// The gradient of the axes' lengths and directions from `form`, the symmetric bilinear form that gives dL/dS on pairs
// of axes: dL = the sum over k of v_k form(k, k) for each relative change of v_k. A rotation about an axis has no
// effect where the two others are of equal length, and exactly none here.
template <typename T, typename Form>
SPLAT_HD inline void TakeForm(const ProjectedAxes<T>& axes, const Form& form, ProjectedAxesGrad<T>& grad) {
  const T* v = axes.variance;
  grad.log_scale = {T(2) * v[0] * form(0, 0), T(2) * v[1] * form(1, 1), T(2) * v[2] * form(2, 2)};
  grad.turn = {T(2) * (v[1] - v[2]) * form(1, 2), T(2) * (v[2] - v[0]) * form(2, 0), T(2) * (v[0] - v[1]) * form(0, 1)};
}

// The gradient through ShearedConicOf(S + low-pass, determinant).
template <typename T>
SPLAT_HD inline ProjectedAxesGrad<T> ShearedConicBackward(const ProjectedAxes<T>& axes, const ShearedConic<T>& conic,
                                                          const ShearedConic<T>& grad) {
  const T of_across = -conic.across * conic.across * grad.across, of_shear = -conic.along * grad.shear;
  const T of_along = -conic.along * conic.along * grad.along;
  ProjectedAxesGrad<T> out;
  T offset[3];  // of each axis across the splat: image.y + shear image.x
  for (int k = 0; k < 3; ++k) {
    const T x = axes.image[k].x;
    const T w = conic.along * (AdjugateTimesAxis(axes, k).y + T(kLowPassVariancePx2) * axes.image[k].y);
    const T grad_y = T(2) * of_across * w + of_shear * x;
    out.image[k] = axes.variance[k] * Vec2<T>{conic.shear * grad_y + of_shear * w + T(2) * of_along * x, grad_y};
    offset[k] = w;
  }
  const auto form = [&](int j, int k) {
    const T xj = axes.image[j].x, xk = axes.image[k].x;
    return of_across * offset[j] * offset[k] + T(0.5) * of_shear * (xj * offset[k] + xk * offset[j]) +
           of_along * xj * xk;
  };
  TakeForm(axes, form, out);
  return out;
}

template <typename T>
SPLAT_HD inline ProjectedAxesGrad<T> operator+(const ProjectedAxesGrad<T>& a, const ProjectedAxesGrad<T>& b) {
  return {a.log_scale + b.log_scale,
          a.turn + b.turn,
          {a.image[0] + b.image[0], a.image[1] + b.image[1], a.image[2] + b.image[2]}};
}

// dL/dq of a rotation R(q) from the dL/d(angle) of rotations about its columns: q times the i-th unit quaternion turns
// twice as fast about column i. The result is orthogonal to q, because a longer quaternion is the same rotation.
template <typename T>
SPLAT_HD inline Quaternion<T> TurnBackward(const Quaternion<T>& q, const Vec3<T>& turn) {
  const Vec3<T> g = (T(2) / SquaredNorm(q)) * turn;
  return {-q.x * g.x - q.y * g.y - q.z * g.z, q.w * g.x - q.z * g.y + q.y * g.z, q.z * g.x + q.w * g.y - q.x * g.z,
          -q.y * g.x + q.x * g.y + q.w * g.z};
}

// dL/d(angle) of rotations of the splat about the axes of the world, from those about its own.
template <typename T>
SPLAT_HD inline Vec3<T> TurnInWorld(const ProjectedAxes<T>& axes, const ProjectedAxesGrad<T>& grad) {
  return grad.turn.x * axes.axis[0] + grad.turn.y * axes.axis[1] + grad.turn.z * axes.axis[2];
}

// dL/dkappa of the axes' images, which the distortion takes from t to t + kappa A t, A in units of the focal lengths.
// grad_size: dL/d(log of a common factor of the images), which the half of A's trace is one of; in the rest the length
// of a needle only cancels where the needle points to the middle of the image.
template <typename T>
SPLAT_HD inline T ImagesRadialBackward(const PinholeCamera<T>& camera, const RadialDistortion<T>& distortion,
                                       const ProjectedAxes<T>& axes, const ProjectedAxesGrad<T>& grad, T grad_size) {
  T stretch = T(0), right = T(0), down = T(0);  // of x against y; of x by y; of y by x
  for (int k = 0; k < 3; ++k) {
    const Vec2<T> t = axes.image[k], g = grad.image[k];
    stretch = stretch + (g.x * t.x - g.y * t.y);
    right = right + g.x * t.y;
    down = down + g.y * t.x;
  }
  const Vec2<T> x = distortion.at;
  const T aspect = camera.fx / camera.fy;
  return T(2) * distortion.r2 * grad_size + (x.x * x.x - x.y * x.y) * stretch +
         T(2) * x.x * x.y * (aspect * right + down / aspect);
}

template <typename T>
struct ProjectAxesGrad {
  Vec3<T> log_scale;
  Quaternion<T> quat;
  JacobianRows<T> rows;
  T size;  // dL/d(log of a common factor of the rows)
};

template <typename T>
SPLAT_HD inline ProjectAxesGrad<T> ProjectAxesBackward(const Quaternion<T>& quat, const ProjectedAxes<T>& axes,
                                                       const ProjectedAxesGrad<T>& grad) {
  ProjectAxesGrad<T> out;
  out.log_scale = grad.log_scale;
  out.quat = TurnBackward(quat, grad.turn);
  const Vec3<T> zero = {T(0), T(0), T(0)};
  out.rows = {zero, zero};
  for (int k = 0; k < 3; ++k) {
    out.rows = {out.rows.u + grad.image[k].x * axes.axis[k], out.rows.v + grad.image[k].y * axes.axis[k]};
  }
  // A larger image is what larger axes make, too: the sum of image.grad, in which the length of a needle would cancel.
  out.size = grad.log_scale.x + grad.log_scale.y + grad.log_scale.z;
  return out;
}

}  // namespace splat::math
