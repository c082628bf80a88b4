// Adam (Kingma and Ba 2015) for one number (docs/math.md, section 10).
#pragma once

#include "core/host_device.h"

namespace splat::train::kernels {

// A moment below this becomes 0, so that the decaying moments of splats that nobody sees never turn denormal, which
// costs a hundred cycles a number. Far below epsilon^2, so no update changes by it.
constexpr double kSmallestMoment = 1e-36;
// A gradient above this, or one that is not finite, counts as 0: its square would overflow and freeze the parameter for
// good.
constexpr double kLargestGradient = 1e18;

// What is the same for all numbers of a group at one step.
template <typename T>
struct AdamFactors {
  T decay1, decay2;  // beta1, beta2
  T gain1, gain2;    // 1 - beta1, 1 - beta2
  T rate;            // learning rate / (1 - beta1^step)
  T second_scale;    // 1 / (1 - beta2^step)
  T epsilon;
};

template <typename T>
struct AdamMoments {
  T first, second;
};

template <typename T>
SPLAT_HD inline T AdamUsableGradient(T grad) {
  const T size = grad < T(0) ? -grad : grad;
  return size <= T(kLargestGradient) ? grad : T(0);
}

template <typename T>
SPLAT_HD inline AdamMoments<T> AdamMomentsAfter(const AdamFactors<T>& f, AdamMoments<T> m, T grad) {
  const T g = AdamUsableGradient(grad);
  const T first = f.decay1 * m.first + f.gain1 * g;
  const T second = f.decay2 * m.second + f.gain2 * g * g;
  const T size = first < T(0) ? -first : first;
  return {size >= T(kSmallestMoment) ? first : T(0), second >= T(kSmallestMoment) ? second : T(0)};
}

}  // namespace splat::train::kernels
