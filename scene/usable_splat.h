// A splat is usable if it can be drawn from any camera; this one answer serves reading, densification and writing, on
// the CPU and on a GPU.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "rasterizer/math/thresholds.h"
#include "scene/splat_arrays.h"

namespace splat {

// The squares of larger sizes are beyond what a float holds, and nobody can draw such a splat.
constexpr float kLargestUsableLogScale = 44;

SPLAT_HD inline bool AreFinite(const float* values, int64_t count) {
  bool finite = true;
  for (int64_t i = 0; i < count; ++i) finite &= values[i] - values[i] == 0;  // NaN for infinities, too
  return finite;
}

// log_scales: [3], finite.
SPLAT_HD inline bool HaveSquares(const float* log_scales) {
  bool have = true;
  for (int i = 0; i < 3; ++i) have &= log_scales[i] <= kLargestUsableLogScale;
  return have;
}

// quat: [4]. In double, where no float's square overflows or vanishes.
SPLAT_HD inline double SquaredNormOf(const float* quat) {
  double sum = 0;
  for (int i = 0; i < 4; ++i) sum += double(quat[i]) * quat[i];
  return sum;
}

// Returns the factor that makes quat [4] a unit quaternion; it must have a direction. A quaternion that was normalised
// in float is kept bit for bit.
inline double UnitFactor(const float* quat) {
  constexpr double kUnitTolerance = 5e-7;
  const double squared_norm = SquaredNormOf(quat);
  return std::abs(squared_norm - 1) <= kUnitTolerance ? 1 : 1 / std::sqrt(squared_norm);
}

// Whether all numbers of a row are finite, its quaternion has a direction and its sizes have squares. The arrays are
// those of a model with sh_rest_count coefficients per channel beyond the first.
SPLAT_HD inline bool IsUsable(const SplatArraysOf<const float*>& splats, int sh_rest_count, int64_t row) {
  const float* quat = splats.quats + 4 * row;
  return AreFinite(splats.means + 3 * row, 3) && AreFinite(splats.log_scales + 3 * row, 3) &&
         HaveSquares(splats.log_scales + 3 * row) && AreFinite(quat, 4) &&
         SquaredNormOf(quat) > math::kSmallestSquaredNorm && AreFinite(splats.opacity_logits + row, 1) &&
         AreFinite(splats.sh_dc + kChannels * row, kChannels) &&
         AreFinite(splats.sh_rest + kChannels * sh_rest_count * row, kChannels * sh_rest_count);
}

}  // namespace splat
