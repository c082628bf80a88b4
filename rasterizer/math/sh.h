// View-dependent colour is a sum of real spherical harmonics up to degree 3, in the order and with the signs of the
// Inria PLY layout (docs/math.md, section 5): colour = 0.5 + sum_k Y_k(direction) c_k, clamped to >= 0 per channel.
#pragma once

#include <cmath>

#include "core/host_device.h"
#include "core/lanes.h"
#include "core/vec.h"
#include "rasterizer/math/sh_degree.h"

namespace splat::math {

// The factors of the basis functions' polynomials in x, y and z; kShC0 is the whole function of degree 0.
constexpr double kShC0 = 0.28209479177387814;   // 1 / (2 sqrt(pi))
constexpr double kShC1 = 0.4886025119029199;    // sqrt(3 / (4 pi))
constexpr double kShC2a = 1.0925484305920792;   // sqrt(15 / (4 pi))
constexpr double kShC2b = 0.31539156525252005;  // sqrt(5 / (16 pi))
constexpr double kShC2c = 0.5462742152960396;   // sqrt(15 / (16 pi))
constexpr double kShC3a = 0.5900435899266435;   // sqrt(35 / (32 pi))
constexpr double kShC3b = 2.890611442640554;    // sqrt(105 / (4 pi))
constexpr double kShC3c = 0.4570457994644658;   // sqrt(21 / (32 pi))
constexpr double kShC3d = 0.3731763325901154;   // sqrt(7 / (16 pi))
constexpr double kShC3e = 1.445305721320277;    // sqrt(105 / (16 pi))

// The base colour (0..1) of a splat is kShColorOffset + kShC0 f, with f its coefficient of degree 0, called DC.
constexpr double kShColorOffset = 0.5;

// Base colour (0..1) of a DC coefficient, and the coefficient of a base colour.
template <typename T>
SPLAT_HD inline T ShDcToColor(T dc) {
  return T(kShColorOffset) + T(kShC0) * dc;
}
template <typename T>
SPLAT_HD inline T ColorToShDc(T color) {
  return (color - T(kShColorOffset)) / T(kShC0);
}

// Values of the basis functions 1 ... ShRestCount(degree) at unit direction d; function 0 is the constant kShC0.
template <typename T>
SPLAT_HD inline void ShBasis(int degree, const Vec3<T>& d, T basis[15]) {
  const T x = d.x, y = d.y, z = d.z;
  if (degree < 1) return;
  basis[0] = T(-kShC1) * y;
  basis[1] = T(kShC1) * z;
  basis[2] = T(-kShC1) * x;
  if (degree < 2) return;
  const T xx = x * x, yy = y * y, zz = z * z;
  basis[3] = T(kShC2a) * x * y;
  basis[4] = T(-kShC2a) * y * z;
  basis[5] = T(kShC2b) * (T(2) * zz - xx - yy);
  basis[6] = T(-kShC2a) * x * z;
  basis[7] = T(kShC2c) * (xx - yy);
  if (degree < 3) return;
  basis[8] = T(-kShC3a) * y * (T(3) * xx - yy);
  basis[9] = T(kShC3b) * x * y * z;
  basis[10] = T(-kShC3c) * y * (T(4) * zz - xx - yy);
  basis[11] = T(kShC3d) * z * (T(2) * zz - T(3) * xx - T(3) * yy);
  basis[12] = T(-kShC3c) * x * (T(4) * zz - xx - yy);
  basis[13] = T(kShC3e) * z * (xx - yy);
  basis[14] = T(-kShC3a) * x * (xx - T(3) * yy);
}

// dL/dd from dL/dbasis, treating the basis polynomials as functions of three free variables.
template <typename T>
SPLAT_HD inline Vec3<T> ShBasisBackward(int degree, const Vec3<T>& d, const T grad_basis[15]) {
  const T x = d.x, y = d.y, z = d.z;
  const T* g = grad_basis;
  Vec3<T> grad{T(0), T(0), T(0)};
  if (degree < 1) return grad;
  grad = {T(-kShC1) * g[2], T(-kShC1) * g[0], T(kShC1) * g[1]};
  if (degree < 2) return grad;
  const T xx = x * x, yy = y * y, zz = z * z;
  grad.x += T(kShC2a) * (y * g[3] - z * g[6]) + T(2) * x * (T(kShC2c) * g[7] - T(kShC2b) * g[5]);
  grad.y += T(kShC2a) * (x * g[3] - z * g[4]) - T(2) * y * (T(kShC2c) * g[7] + T(kShC2b) * g[5]);
  grad.z += T(kShC2a) * (-y * g[4] - x * g[6]) + T(4) * T(kShC2b) * z * g[5];
  if (degree < 3) return grad;
  grad.x += T(-6 * kShC3a) * x * y * g[8] + T(kShC3b) * y * z * g[9] + T(2 * kShC3c) * x * y * g[10] -
            T(6 * kShC3d) * x * z * g[11] - T(kShC3c) * (T(4) * zz - T(3) * xx - yy) * g[12] +
            T(2 * kShC3e) * x * z * g[13] - T(3 * kShC3a) * (xx - yy) * g[14];
  grad.y += T(-3 * kShC3a) * (xx - yy) * g[8] + T(kShC3b) * x * z * g[9] -
            T(kShC3c) * (T(4) * zz - xx - T(3) * yy) * g[10] - T(6 * kShC3d) * y * z * g[11] +
            T(2 * kShC3c) * x * y * g[12] - T(2 * kShC3e) * y * z * g[13] + T(6 * kShC3a) * x * y * g[14];
  grad.z += T(kShC3b) * x * y * g[9] - T(8 * kShC3c) * y * z * g[10] +
            T(kShC3d) * (T(6) * zz - T(3) * xx - T(3) * yy) * g[11] - T(8 * kShC3c) * x * z * g[12] +
            T(kShC3e) * (xx - yy) * g[13];
  return grad;
}

// Colour of a splat before the clamp. dc: [3]; rest: [K, 3], coefficient-major; direction: unit, from camera to splat.
template <typename T>
SPLAT_HD inline Vec3<T> ShColorUnclamped(int degree, const Vec3<T>& direction, const T* dc, const T* rest) {
  T basis[15];
  ShBasis(degree, direction, basis);
  Vec3<T> color{ShDcToColor(dc[0]), ShDcToColor(dc[1]), ShDcToColor(dc[2])};
  const int count = ShRestCount(degree);
  for (int k = 0; k < count; ++k) {
    color.x += basis[k] * rest[3 * k + 0];
    color.y += basis[k] * rest[3 * k + 1];
    color.z += basis[k] * rest[3 * k + 2];
  }
  return color;
}

// The clamp to displayable light: max(0, c). NaN becomes 0.
template <typename T>
SPLAT_HD inline Vec3<T> ClampColor(const Vec3<T>& c) {
  return {Select(c.x > T(0), c.x, T(0)), Select(c.y > T(0), c.y, T(0)), Select(c.z > T(0), c.z, T(0))};
}

// Gradient through ClampColor, given the unclamped colour.
template <typename T>
SPLAT_HD inline Vec3<T> ClampColorBackward(const Vec3<T>& unclamped, const Vec3<T>& grad) {
  return {Select(unclamped.x > T(0), grad.x, T(0)), Select(unclamped.y > T(0), grad.y, T(0)),
          Select(unclamped.z > T(0), grad.z, T(0))};
}

// The gradient of ShColorUnclamped has two halves. This one writes grad_dc [3] and grad_rest [ShRestCount(degree), 3].
// Each is the basis function times the colour's gradient.
template <typename T>
SPLAT_HD inline void ShCoefficientsBackward(int degree, const Vec3<T>& direction, const Vec3<T>& grad_color, T* grad_dc,
                                            T* grad_rest) {
  T basis[15];
  ShBasis(degree, direction, basis);
  grad_dc[0] = T(kShC0) * grad_color.x;
  grad_dc[1] = T(kShC0) * grad_color.y;
  grad_dc[2] = T(kShC0) * grad_color.z;
  const int count = ShRestCount(degree);
  for (int k = 0; k < count; ++k) {
    grad_rest[3 * k + 0] = basis[k] * grad_color.x;
    grad_rest[3 * k + 1] = basis[k] * grad_color.y;
    grad_rest[3 * k + 2] = basis[k] * grad_color.z;
  }
}

// The second half of the gradient is dL/ddirection.
template <typename T>
SPLAT_HD inline Vec3<T> ShDirectionBackward(int degree, const Vec3<T>& direction, const T* rest,
                                            const Vec3<T>& grad_color) {
  T grad_basis[15];
  const int count = ShRestCount(degree);
  for (int k = 0; k < count; ++k) {
    grad_basis[k] = grad_color.x * rest[3 * k] + grad_color.y * rest[3 * k + 1] + grad_color.z * rest[3 * k + 2];
  }
  return ShBasisBackward(degree, direction, grad_basis);
}

// Returns dL/dv from dL/dunit, where unit = v / |v|.
template <typename T>
SPLAT_HD inline Vec3<T> NormalizedBackward(const Vec3<T>& v, const Vec3<T>& grad_unit) {
  const T inverse = T(1) / Norm(v);
  const Vec3<T> unit = inverse * v;
  return inverse * (grad_unit - Dot(unit, grad_unit) * unit);
}

}  // namespace splat::math
