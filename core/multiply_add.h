// a * b + c with one rounding where it is cheap and decisions depend on it: kernels for a card are compiled without
// contraction (--fmad=false), so that a formula gives the same bits in every kernel, and say here where they want the
// fused operation.
#pragma once

#include <cmath>

#include "core/host_device.h"

namespace splat {

template <typename T>
SPLAT_HD inline T MultiplyAdd(T a, T b, T c) {
  return a * b + c;
}
SPLAT_HD inline float MultiplyAdd(float a, float b, float c) {
  return std::fma(a, b, c);
}
SPLAT_HD inline double MultiplyAdd(double a, double b, double c) {
  return std::fma(a, b, c);
}

}  // namespace splat
