// The 3D covariance comes from the stored log-scales and quaternion: Sigma = R diag(exp(2 s)) R^T (docs/math.md,
// section 3; Kerbl et al. 2023, "3D Gaussian Splatting", section 4).
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

}  // namespace splat::math
