// AdamStep on a GPU: elementwise, memory-bound. Compiled without contraction, so it gives the CPU's bits.
#include "train/kernels/cuda_kernels.cuh"
#include "train/kernels/update/adam_cuda.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256;

// What the kernel needs of AdamParams.
struct AdamArrays {
  int64_t size, wide;  // numbers; of which in whole float4s, 0 if an array is not aligned to them
  float* value;
  const float* grad;
  float* first;
  float* second;
  UnusableFlag flag;
  bool all_or_none;
};

__device__ inline bool AreAllUsable(const AdamArrays& arrays) {
  for (int64_t i = 0; i < arrays.size; ++i) {
    if (!IsUsableGradient(arrays.grad[i])) return false;
  }
  return true;
}

// One thread: four numbers, or one of those that no float4 holds. No shared memory, no atomics.
__global__ void __launch_bounds__(kThreads) AdamKernel(AdamArrays arrays, AdamFactors<float> factors) {
  if (arrays.all_or_none && !AreAllUsable(arrays)) return arrays.flag.Raise();
  const int64_t item = int64_t(blockIdx.x) * kThreads + threadIdx.x, wide_items = arrays.wide / kWide;
  if (item < wide_items) {
    const float4 grad = reinterpret_cast<const float4*>(arrays.grad)[item];
    UpdateWide(factors, {arrays.value, arrays.first, arrays.second}, item, grad, arrays.flag);
    return;
  }
  const int64_t i = arrays.wide + item - wide_items;
  if (i < arrays.size) {
    UpdateOne(factors, {arrays.value, arrays.first, arrays.second}, i, arrays.grad[i], arrays.flag);
  }
}

}  // namespace

void Adam(const KernelContext& context, const AdamParams& params) {
  CheckAdamParams(params);
  const bool aligned = IsWideAligned(params.value) && IsWideAligned(params.grad) && IsWideAligned(params.first) &&
                       IsWideAligned(params.second);
  const int64_t wide = aligned ? params.size / kWide * kWide : 0;
  const int64_t items = wide / kWide + (params.size - wide);
  const AdamArrays arrays = {params.size,  wide,          params.value,           params.grad,
                             params.first, params.second, UnusableFlagOf(params), params.all_or_none};
  SPLAT_LAUNCH(context, AdamKernel, gpu::BlocksFor(items, kThreads), kThreads, arrays, AdamFactorsOf(params));
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
