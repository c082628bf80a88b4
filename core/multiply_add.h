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

// How a formula that both the CPU and a card evaluate rounds a b + c. The CPU's kernels round twice, so that every
// instruction set gives the same bits; a card's once.
struct TwoRoundings {
  template <typename T>
  SPLAT_HD static T MultiplyAdd(T a, T b, T c) {
    return a * b + c;
  }
};
struct OneRounding {
  template <typename T>
  SPLAT_HD static T MultiplyAdd(T a, T b, T c) {
    return ::splat::MultiplyAdd(a, b, c);
  }
};

}  // namespace splat
