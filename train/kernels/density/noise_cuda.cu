// Densification as sampling on a GPU: transparent splats walk (docs/math.md, section 11). One thread a splat, no shared
// memory.
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256;

// One thread: one splat. Most read one number, for only the nearly transparent ones move. Block of kThreads.
__global__ void __launch_bounds__(kThreads) NoiseKernel(NoiseParams params) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i < params.count) WalkSplat(params, i);
}

}  // namespace

void AddNoise(const KernelContext& context, const NoiseParams& params) {
  SPLAT_LAUNCH(context, NoiseKernel, gpu::BlocksFor(params.count, kThreads), kThreads, params);
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
