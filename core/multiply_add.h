// These functions compute a * b + c and c - a * b with one rounding where the machine has that operation: a GPU, and
// the vectors of core/simd.h. Everything is compiled without contraction (-ffp-contract=off, --fmad=false), so that a
// formula gives the same bits in every kernel of one machine, and says here where it wants the fused operation.
#pragma once

#include <cmath>

#include "core/host_device.h"

namespace splat {

template <typename T>
SPLAT_HD inline T MultiplyAdd(T a, T b, T c) {
  return a * b + c;
}
template <typename T>
SPLAT_HD inline T NegativeMultiplyAdd(T a, T b, T c) {
  return c - a * b;
}
#if defined(__CUDA_ARCH__)
SPLAT_HD inline float MultiplyAdd(float a, float b, float c) {
  return fmaf(a, b, c);
}
SPLAT_HD inline float NegativeMultiplyAdd(float a, float b, float c) {
  return fmaf(-a, b, c);
}
#endif

}  // namespace splat
