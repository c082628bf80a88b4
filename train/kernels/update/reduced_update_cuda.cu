// The stages of reduced_update.h on a GPU: elementwise and memory-bound. Compiled without contraction, so they give the
// CPU's bits but for those of exp.
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256;

__device__ inline int64_t ItemOfThread() {
  return int64_t(blockIdx.x) * kThreads + threadIdx.x;
}

// One thread: one number. No shared memory, no atomics.
__global__ void __launch_bounds__(kThreads) AddGradientKernel(AddGradientParams params) {
  const int64_t i = ItemOfThread();
  if (i < params.size) params.sum[i] += params.values[i];
}

// One thread: one splat. No shared memory, no atomics.
__global__ void __launch_bounds__(kThreads) DensityStatsKernel(DensityStatsParams params) {
  const int64_t i = ItemOfThread();
  if (i >= params.count || params.tile_counts[i] == 0) return;
  AddDensityStats(params.density, i, {params.grad_mean_px[2 * i], params.grad_mean_px[2 * i + 1]});
}

// One thread: one splat. No shared memory, no atomics.
__global__ void __launch_bounds__(kThreads) PenaltyKernel(PenaltyParams params) {
  const int64_t i = ItemOfThread();
  if (i >= params.count) return;
  AddPenalty(params.penalty, params.opacity_logits[i], params.log_scales + 3 * i, params.grad_opacity_logits[i],
             params.grad_log_scales + 3 * i);
}

}  // namespace

void AddGradient(const KernelContext& context, const AddGradientParams& params) {
  SPLAT_LAUNCH(context, AddGradientKernel, gpu::BlocksFor(params.size, kThreads), kThreads, params);
}

void AddDensityStatistics(const KernelContext& context, const DensityStatsParams& params) {
  SPLAT_LAUNCH(context, DensityStatsKernel, gpu::BlocksFor(params.count, kThreads), kThreads, params);
}

void AddPenalties(const KernelContext& context, const PenaltyParams& params) {
  SPLAT_LAUNCH(context, PenaltyKernel, gpu::BlocksFor(params.count, kThreads), kThreads, params);
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
