// An antialiasing mode multiplies the opacities of splats by a factor that makes up for what the low-pass does to their
// light (docs/math.md, section 4; Yu et al. 2024, "Mip-Splatting").
#pragma once

#include <cmath>

#include "core/host_device.h"
#include "core/vec.h"
#include "rasterizer/math/antialiasing_modes.h"
#include "rasterizer/math/covariance_2d.h"
#include "rasterizer/math/thresholds.h"

namespace splat::math {

// Returns the factor of the opacity of an antialiased splat with which the low-pass spreads its light without adding to
// it: sqrt(det S / det(S + low-pass)) of the 2D covariance S (docs/math.md, section 4). It comes from
// SharpDeterminant2d and Covariance2dDeterminant > 0, and is at least 0, for a splat without extent, and at most 1, for
// one much larger than a pixel. NaN stays NaN.
template <typename T>
SPLAT_HD inline T LowPassCompensation(T sharp_determinant, T determinant) {
  using std::sqrt;
  return sqrt(sharp_determinant / determinant);
}

// Whether opacities are multiplied by OpacityFactor; where they are not, it is 1.
SPLAT_HD constexpr bool HasOpacityFactor(Antialiasing mode) {
  return mode != Antialiasing::kNone;
}

// Returns the factor by which a mode multiplies a splat's opacity. The arguments are those of LowPassCompensation.
template <typename T>
SPLAT_HD inline T OpacityFactor(Antialiasing mode, T sharp_determinant, T determinant) {
  switch (mode) {
    case Antialiasing::kCompensated:
      return LowPassCompensation(sharp_determinant, determinant);
    case Antialiasing::kNone:
      break;
  }
  return T(1);
}

// adj(S)^2 t_k.
template <typename T>
SPLAT_HD inline Vec2<T> AdjugateTwiceTimesAxis(const ProjectedAxes<T>& axes, int k, const Vec2<T>& once) {
  const int i = (k + 1) % 3, j = (k + 2) % 3;
  const Vec2<T> ti = axes.image[i], tj = axes.image[j], tk = axes.image[k];
  const T own = axes.crossing[i] * axes.variance[j] * Dot(tk, tj) - axes.crossing[j] * axes.variance[i] * Dot(tk, ti);
  return (axes.variance[k] * own) * Perpendicular(tk) + (axes.variance[i] * Cross(ti, once)) * Perpendicular(ti) +
         (axes.variance[j] * Cross(tj, once)) * Perpendicular(tj);
}

// The gradient through LowPassCompensation, which must be above 0. grad: dL/d(compensation).
template <typename T>
SPLAT_HD inline ProjectedAxesGrad<T> LowPassCompensationBackward(const ProjectedAxes<T>& axes, T sharp_determinant,
                                                                 T determinant, T grad) {
  const T low_pass = T(kLowPassVariancePx2);
  const T factor =
      LowPassCompensation(sharp_determinant, determinant) * grad * low_pass / determinant / sharp_determinant;
  ProjectedAxesGrad<T> out;
  Vec2<T> once[3];
  for (int k = 0; k < 3; ++k) {
    once[k] = AdjugateTimesAxis(axes, k);
    out.image[k] = (factor * axes.variance[k]) * (AdjugateTwiceTimesAxis(axes, k, once[k]) + low_pass * once[k]);
  }
  const auto form = [&](int j, int k) {
    return T(0.5) * factor * (Dot(once[j], once[k]) + low_pass * Dot(axes.image[j], once[k]));
  };
  TakeForm(axes, form, out);
  return out;
}

// The gradient through OpacityFactor.
template <typename T>
SPLAT_HD inline ProjectedAxesGrad<T> OpacityFactorBackward(Antialiasing mode, const ProjectedAxes<T>& axes,
                                                           T sharp_determinant, T determinant, T grad) {
  switch (mode) {
    case Antialiasing::kCompensated:
      return LowPassCompensationBackward(axes, sharp_determinant, determinant, grad);
    case Antialiasing::kNone:
      break;
  }
  const Vec2<T> none = {T(0), T(0)};
  const Vec3<T> zero = {T(0), T(0), T(0)};
  return {zero, zero, {none, none, none}};
}

}  // namespace splat::math
