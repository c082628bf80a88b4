// 3D covariance from the stored log-scales and quaternion: Sigma = R diag(exp(2 s)) R^T (docs/math.md, section 3;
// Kerbl et al. 2023, "3D Gaussian Splatting", section 4).
#pragma once

#include <cmath>

#include "core/quaternion.h"
#include "core/vec.h"

namespace splat::math {

template <typename T>
SPLAT_HD inline SymMat3<T> Covariance3d(const Vec3<T>& log_scale, const Quaternion<T>& quat) {
  using std::exp;
  const Mat3<T> r = RotationMatrix(quat);
  const T variance[3] = {exp(T(2) * log_scale.x), exp(T(2) * log_scale.y), exp(T(2) * log_scale.z)};
  SymMat3<T> sigma{};
  for (int k = 0; k < 3; ++k) {
    const T x = r.m[0][k], y = r.m[1][k], z = r.m[2][k], v = variance[k];
    sigma.xx += v * x * x;
    sigma.xy += v * x * y;
    sigma.xz += v * x * z;
    sigma.yy += v * y * y;
    sigma.yz += v * y * z;
    sigma.zz += v * z * z;
  }
  return sigma;
}

template <typename T>
struct Covariance3dGrad {
  Vec3<T> log_scale;
  Quaternion<T> quat;
};

// grad_sigma holds dL/d(xx, xy, ...) of the six stored numbers (an off-diagonal one stands for both of its places).
template <typename T>
SPLAT_HD inline Covariance3dGrad<T> Covariance3dBackward(const Vec3<T>& log_scale, const Quaternion<T>& quat,
                                                         const SymMat3<T>& grad_sigma) {
  using std::exp;
  const Mat3<T> r = RotationMatrix(quat);
  const T variance[3] = {exp(T(2) * log_scale.x), exp(T(2) * log_scale.y), exp(T(2) * log_scale.z)};
  // The gradient becomes a full symmetric matrix G with halved off-diagonals: dL = sum G_ij dSigma_ij.
  const T half = T(0.5);
  const SymMat3<T> g{grad_sigma.xx, half * grad_sigma.xy, half * grad_sigma.xz,
                     grad_sigma.yy, half * grad_sigma.yz, grad_sigma.zz};
  Mat3<T> grad_r;
  T grad_log_scale[3];
  for (int k = 0; k < 3; ++k) {
    const Vec3<T> column{r.m[0][k], r.m[1][k], r.m[2][k]};
    const Vec3<T> gc = g * column;
    grad_log_scale[k] = T(2) * variance[k] * Dot(column, gc);
    grad_r.m[0][k] = T(2) * variance[k] * gc.x;
    grad_r.m[1][k] = T(2) * variance[k] * gc.y;
    grad_r.m[2][k] = T(2) * variance[k] * gc.z;
  }
  return {{grad_log_scale[0], grad_log_scale[1], grad_log_scale[2]}, RotationMatrixBackward(quat, grad_r)};
}

}  // namespace splat::math
