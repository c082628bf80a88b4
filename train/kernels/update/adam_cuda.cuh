// These device functions apply Adam to numbers in memory, one or four at a time, for every kernel that updates
// parameters.
#pragma once

#include "core/gpu.cuh"
#include "train/kernels/update/adam_math.h"

namespace splat::train {
namespace SPLAT_GPU_NAMESPACE {

// Numbers of a float4.
constexpr int kWide = 4;

inline bool IsWideAligned(const float* array) {
  return reinterpret_cast<uintptr_t>(array) % (kWide * sizeof(float)) == 0;
}

// Parameters and their moments: three arrays of equal size.
struct AdamTarget {
  float* value;
  float* first;
  float* second;
};

__device__ inline void UpdateNumber(const AdamFactors<float>& factors, float grad, float& value, float& first,
                                    float& second) {
  const AdamMoments<float> after = AdamMomentsAfter(factors, {first, second}, grad);
  first = after.first;
  second = after.second;
  value = AdamValueAfter(factors, value, after);
}

// Number i.
__device__ inline void UpdateOne(const AdamFactors<float>& factors, const AdamTarget& target, int64_t i, float grad,
                                 const UnusableFlag& flag) {
  if (!IsUsableGradient(grad)) flag.Raise();
  UpdateNumber(factors, grad, target.value[i], target.first[i], target.second[i]);
}

// The four numbers from kWide * i on, of arrays aligned to float4.
__device__ inline void UpdateWide(const AdamFactors<float>& factors, const AdamTarget& target, int64_t i,
                                  const float4& grad, const UnusableFlag& flag) {
  const bool usable =
      IsUsableGradient(grad.x) & IsUsableGradient(grad.y) & IsUsableGradient(grad.z) & IsUsableGradient(grad.w);
  if (!usable) flag.Raise();  // threads that do so write the same number
  float4* const values = reinterpret_cast<float4*>(target.value) + i;
  float4* const firsts = reinterpret_cast<float4*>(target.first) + i;
  float4* const seconds = reinterpret_cast<float4*>(target.second) + i;
  float4 value = *values, first = *firsts, second = *seconds;
  UpdateNumber(factors, grad.x, value.x, first.x, second.x);
  UpdateNumber(factors, grad.y, value.y, first.y, second.y);
  UpdateNumber(factors, grad.z, value.z, first.z, second.z);
  UpdateNumber(factors, grad.w, value.w, first.w, second.w);
  *values = value;
  *firsts = first;
  *seconds = second;
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::train
