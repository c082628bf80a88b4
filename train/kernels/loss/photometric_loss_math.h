// This header has the formulas of the training loss at one pixel: how L1 and SSIM are mixed, the weights of pixels, and
// the gradient (docs/math.md, section 9).
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::train {

// A photo's value, 0..1.
template <typename T>
SPLAT_HD inline T TargetValue(uint8_t stored) {
  return T(stored) / T(255);
}

// A pixel's weight, 0..1.
template <typename T>
SPLAT_HD inline T PixelWeight(uint8_t stored) {
  return T(stored) / T(255);
}

// The loss from the means over all values of |x - y| and SSIM. ssim_weight: 0..1.
inline double LossOfMeans(double l1, double ssim, double ssim_weight) {
  return (1 - ssim_weight) * l1 + ssim_weight * (1 - ssim);
}

// These are the derivatives of the loss with respect to the sums of |x - y| and, except for the sign, of SSIM.
template <typename T>
struct LossScales {
  T l1, ssim;
};

template <typename T>
LossScales<T> LossScalesOf(double ssim_weight, double values) {
  return {T((1 - ssim_weight) / values), T(ssim_weight / values)};
}

// dL/dx of one value. Where x equals y the L1 part is 0.
template <typename T>
SPLAT_HD inline T LossGradient(const LossScales<T>& scales, const SsimPartials<T>& filtered, T x, T y) {
  const T sign = T(x > y) - T(x < y);
  return scales.l1 * sign - scales.ssim * SsimGradient(filtered, x, y);
}

// A pixel's share of the mean of SSIM: 1 - weight * (1 - ssim), and exactly `ssim` or 1 where the weight is 1 or 0.
template <typename T>
SPLAT_HD inline T WeightedSsim(T weight, T ssim) {
  return weight * ssim + (T(1) - weight);
}

// Returns dL/dx of one value of a weighted pixel, whose weight * x and weight * y the windows have seen. `filtered` are
// the maps of weight * partial.
template <typename T>
SPLAT_HD inline T WeightedLossGradient(const LossScales<T>& scales, const SsimPartials<T>& filtered, T weight, T x,
                                       T y) {
  return weight * LossGradient(scales, filtered, weight * x, weight * y);
}

}  // namespace splat::train
