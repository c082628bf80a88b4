// This header has the formulas of Adam (Kingma and Ba 2015) for one number (docs/math.md, section 10).
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"

namespace splat::train {

// The usual decays (Kingma and Ba 2015), and an epsilon for gradients of means over millions of pixels.
constexpr double kAdamBeta1 = 0.9, kAdamBeta2 = 0.999, kAdamEpsilon = 1e-15;
// A moment below this becomes 0, so that the decaying moments of splats that nobody sees never turn denormal, which
// costs a hundred cycles a number. It is far below epsilon^2, so no update changes by it.
constexpr double kSmallestMoment = 1e-36;
// A gradient above this, or one that is not finite, counts as 0: its square would overflow and freeze the parameter for
// good.
constexpr double kLargestGradient = 1e18;
// A gradient below this counts as 0: its square, times 1 - beta2, would be denormal, which some processors take as 0
// and others not. Such a square alone does not even reach kSmallestMoment.
constexpr double kSmallestGradient = 1e-17;

// These factors are the same for all numbers of a group at one step.
template <typename T>
struct AdamFactors {
  T decay1, decay2;  // beta1, beta2
  T gain1, gain2;    // 1 - beta1, 1 - beta2
  T rate;            // learning rate / (1 - beta1^step)
  T second_scale;    // 1 / (1 - beta2^step)
  T epsilon;
};

// `step` is 1 at the first update.
template <typename T>
AdamFactors<T> AdamFactorsOf(double learning_rate, double beta1, double beta2, double epsilon, int64_t step) {
  AdamFactors<T> f;
  f.decay1 = T(beta1);
  f.decay2 = T(beta2);
  f.gain1 = T(1 - beta1);
  f.gain2 = T(1 - beta2);
  f.rate = T(learning_rate / (1 - std::pow(beta1, double(step))));
  f.second_scale = T(1 / (1 - std::pow(beta2, double(step))));
  f.epsilon = T(epsilon);
  return f;
}

template <typename T>
struct AdamMoments {
  T first, second;
};

// Whether a gradient is one to follow, not one that is not finite or too large.
template <typename T>
SPLAT_HD inline bool IsUsableGradient(T grad) {
  const T size = grad < T(0) ? -grad : grad;
  return size <= T(kLargestGradient);
}

template <typename T>
SPLAT_HD inline T AdamUsableGradient(T grad) {
  const T size = grad < T(0) ? -grad : grad;
  return (IsUsableGradient(grad) & (size >= T(kSmallestGradient))) ? grad : T(0);
}

// The update says here that it has left a gradient out: the number of the step, so that nothing has to be cleared
// before the next one.
struct UnusableFlag {
  double* last_step = nullptr;  // [1] of the last step with such a gradient; null: not wanted
  double step = 0;              // of the update

  SPLAT_HD void Raise() const {
    if (last_step) *last_step = step;
  }
};

template <typename T>
SPLAT_HD inline AdamMoments<T> AdamMomentsAfter(const AdamFactors<T>& f, AdamMoments<T> m, T grad) {
  const T g = AdamUsableGradient(grad);
  const T first = f.decay1 * m.first + f.gain1 * g;
  const T second = f.decay2 * m.second + f.gain2 * g * g;
  const T size = first < T(0) ? -first : first;
  return {size >= T(kSmallestMoment) ? first : T(0), second >= T(kSmallestMoment) ? second : T(0)};
}

// The parameter after the step; the moments are those after it.
template <typename T>
SPLAT_HD inline T AdamValueAfter(const AdamFactors<T>& f, T value, const AdamMoments<T>& after) {
  using std::sqrt;
  return value - f.rate * (after.first / (sqrt(after.second * f.second_scale) + f.epsilon));
}

}  // namespace splat::train
