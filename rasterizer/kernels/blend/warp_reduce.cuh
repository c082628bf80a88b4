// Sums of several values over a warp with few shuffles.
#pragma once

#include "core/gpu.cuh"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

constexpr int kReducedValues = 16;

// One step of WarpTransposedSum and those after it; a template, for an array whose indices are not known to the
// compiler would lie in memory.
template <int kHalf>
__device__ inline void HalveValues(float (&values)[kReducedValues]) {
  constexpr int kAcross = 2 * kHalf;  // lanes 16, 8, 4, 2 away
  const bool upper = (gpu::LaneIndex() & kAcross) != 0;
  SPLAT_UNROLL
  for (int i = 0; i < kHalf; ++i) {
    const float given = upper ? values[i] : values[i + kHalf];
    const float kept = upper ? values[i + kHalf] : values[i];
    values[i] = kept + gpu::ShuffleXor(given, kAcross);
  }
  if constexpr (kHalf > 1) HalveValues<kHalf / 2>(values);
}

// Adds up each of 16 values over the warp: at each of four steps a lane hands half of its values to the lane across and
// keeps the sums of the other half, so 8 + 4 + 2 + 1 shuffles do it, and one more joins the last two lanes. On return
// lanes 2 k and 2 k + 1 hold the sum of value k. The order of the additions is fixed.
__device__ inline float WarpTransposedSum(float (&values)[kReducedValues]) {
  HalveValues<kReducedValues / 2>(values);
  return values[0] + gpu::ShuffleXor(values[0], 1);
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
