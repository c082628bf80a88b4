// Activation turns stored values into those that are drawn. Stored are opacity_logit and log_scale, which are
// optimised; activated, the opacity is in (0, 1) and the scale is > 0.
#pragma once

#include <cmath>

#include "core/host_device.h"

namespace splat::math {

template <typename T>
SPLAT_HD inline T Sigmoid(T x) {
  using std::exp;
  return T(1) / (T(1) + exp(-x));
}

// dL/dx of Sigmoid from its value: grad_value * value * (1 - value).
template <typename T>
SPLAT_HD inline T SigmoidBackward(T value, T grad_value) {
  return grad_value * value * (T(1) - value);
}

// Inverse of Sigmoid for 0 < p < 1.
template <typename T>
SPLAT_HD inline T Logit(T p) {
  using std::log;
  return log(p / (T(1) - p));
}

}  // namespace splat::math
