// Sums of several values over a warp with few shuffles.
#pragma once

#include "core/gpu.cuh"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

constexpr int kReducedValues = 16;

// Adds up each of 16 values over the warp: at each of four steps a lane hands half of its values to the lane across and
// keeps the sums of the other half, so 8 + 4 + 2 + 1 shuffles do it, and one more joins the last two lanes. On return
// lanes 2 k and 2 k + 1 hold the sum of value k. The order of the additions is fixed.
__device__ inline float WarpTransposedSum(float (&values)[kReducedValues]) {
  const int lane = gpu::LaneIndex();
  SPLAT_UNROLL
  for (int half = kReducedValues / 2; half >= 1; half /= 2) {
    const int across = 2 * half;  // lanes 16, 8, 4, 2 away
    const bool upper = (lane & across) != 0;
    SPLAT_UNROLL
    for (int i = 0; i < half; ++i) {
      const float given = upper ? values[i] : values[i + half];
      const float kept = upper ? values[i + half] : values[i];
      values[i] = kept + gpu::ShuffleXor(given, across);
    }
  }
  return values[0] + gpu::ShuffleXor(values[0], 1);
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
