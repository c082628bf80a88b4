// What an antialiasing mode multiplies the opacities of splats by: what the low-pass does to their light (docs/math.md,
// section 4; Yu et al. 2024, "Mip-Splatting").
#pragma once

#include <cmath>

#include "core/host_device.h"
#include "core/vec.h"
#include "rasterizer/math/antialiasing_modes.h"
#include "rasterizer/math/constants.h"

namespace splat::math {

// What the opacity of an antialiased splat is multiplied by, so that the low-pass spreads its light without adding to
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

// What a mode multiplies a splat's opacity by. The arguments are those of LowPassCompensation.
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

}  // namespace splat::math
