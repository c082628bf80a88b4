// This header sums several values over a warp with few shuffles.
#pragma once

#include "core/gpu.cuh"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

constexpr int kReducedValues = 16;  // at most

// One step of WarpTransposedSum and those after it; a template, for an array whose indices are not known to the
// compiler would lie in memory.
template <int kCount, int kAcross, int kSize>
__device__ inline void HalveValues(float (&values)[kSize]) {
  constexpr int kKept = (kCount + 1) / 2;
  const bool upper = (gpu::LaneIndex() & kAcross) != 0;
  SPLAT_UNROLL
  for (int i = 0; i < kCount / 2; ++i) {
    const float given = upper ? values[i] : values[i + kKept];
    const float kept = upper ? values[i + kKept] : values[i];
    values[i] = kept + gpu::ShuffleXor(given, kAcross);
  }
  // The value in the middle of an odd number has no other to change places with: both lanes sum it.
  if constexpr (kCount % 2 != 0) values[kKept - 1] += gpu::ShuffleXor(values[kKept - 1], kAcross);
  if constexpr (kAcross > 2) HalveValues<kKept, kAcross / 2>(values);
}

// Adds up each of the values over the warp. At each of four steps a lane hands half of its values to the lane
// across and keeps the sums of the other half, and one more step joins the last two lanes: 16 values take 16 shuffles,
// 9 values take 12. Returns the sum of the value that ValueOfLane names. The order of the additions is fixed, and does
// not depend on how many values there are.
template <int kSize>
__device__ inline float WarpTransposedSum(float (&values)[kSize]) {
  static_assert(kSize <= kReducedValues, "four steps leave one value to each lane");
  HalveValues<kSize, 16>(values);
  return values[0] + gpu::ShuffleXor(values[0], 1);
}

// Returns which of kCount values WarpTransposedSum returns the sum of, on one lane for each value; -1 on the other
// lanes.
template <int kCount, int kAcross = 16>
__device__ inline int ValueOfLane(int lane) {
  int place = lane % 2 == 0 ? 0 : -1;
  if constexpr (kAcross > 2) place = ValueOfLane<(kCount + 1) / 2, kAcross / 2>(lane);
  if (place < 0 || (lane & kAcross) == 0) return place;
  return place < kCount / 2 ? place + (kCount + 1) / 2 : -1;
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
