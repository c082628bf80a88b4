// Densification as sampling on a GPU: weigh the splats, draw sources for the dead and the new, and share opacities
// (docs/math.md, section 11). One thread an item, no shared memory. The atomics are on integers, and each leaves what
// it would in any order; only WeighSplats waits, for one count.
#include "core/gpu_algorithms.cuh"
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256;

// One thread: one splat. Block of kThreads.
__global__ void __launch_bounds__(kThreads) WeighKernel(WeighParams params, uint64_t* weights, int32_t* dead) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= params.splats.count) return;
  const bool alive = LivesBy(params, i);
  weights[i] = DrawWeight(alive, params.splats.opacity_logits[i]);
  dead[i] = alive ? 0 : 1;
}

// How often each splat was drawn, [N], and the first draw that took it, [N]. For a splat that was never drawn all bytes
// are kNeverDrawnByte.
struct Drawn {
  int32_t *times, *first;
};
constexpr int kNeverDrawnByte = 0x7f;

// One thread: one draw. A binary search, two atomics. Block of kThreads.
__global__ void __launch_bounds__(kThreads) DrawKernel(DrawParams params, Drawn drawn) {
  const int64_t k = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (k >= params.Draws()) return;
  const int64_t source = DrawnSource(params, k);
  params.from[k] = source;
  if (k >= params.revived) params.to[k] = params.count + k - params.revived;
  gpu::AtomicAdd(drawn.times + source, int32_t(1));
  gpu::AtomicMin(drawn.first + source, int32_t(k));
}

// One thread: one splat. The first dead ones become targets. Block of kThreads.
__global__ void __launch_bounds__(kThreads) DeadRowsKernel(DrawParams params) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= params.count) return;
  const int64_t rank = RankOfDead(params, i);
  if (rank >= 0 && rank < params.revived) params.to[rank] = i;
}

// One thread: one draw, after all of DrawKernel. Block of kThreads.
__global__ void __launch_bounds__(kThreads) SourcesKernel(DrawParams params, Drawn drawn) {
  const int64_t k = int64_t(blockIdx.x) * kThreads + threadIdx.x, draws = params.Draws();
  if (k >= draws) return;
  const int64_t source = params.from[k];
  params.from[draws + k] = source;
  params.to[draws + k] = drawn.first[source] == k ? source : -1;
  params.copies[k] = params.copies[draws + k] = drawn.times[source] + 1;
}

// One thread: one row, in double: few rows. Block of kThreads.
__global__ void __launch_bounds__(kThreads) ShareKernel(ShareParams params) {
  const int64_t r = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (r < params.rows) ShareRow(params, r);
}

}  // namespace

int64_t WeighSplats(const KernelContext& context, const WeighParams& params) {
  const int64_t n = params.splats.count;
  if (n == 0) return 0;
  uint64_t* weights = context.scratch->AllocateArray<uint64_t>(n);
  int32_t* dead = context.scratch->AllocateArray<int32_t>(n);
  SPLAT_LAUNCH(context, WeighKernel, gpu::BlocksFor(n, kThreads), kThreads, params, weights, dead);
  gpu::InclusiveSum(context, weights, params.weight_sums, n);
  gpu::InclusiveSum(context, dead, params.dead_sums, n);
  int32_t found = 0;
  gpu::CopyToHost(context, &found, params.dead_sums + n - 1, sizeof(found));
  return found;
}

void DrawSources(const KernelContext& context, const DrawParams& params) {
  const int64_t draws = params.Draws(), n = params.count;
  if (draws == 0) return;
  const Drawn drawn = {context.scratch->AllocateArray<int32_t>(n), context.scratch->AllocateArray<int32_t>(n)};
  gpu::SetBytes(context, drawn.times, 0, size_t(n) * sizeof(int32_t));
  gpu::SetBytes(context, drawn.first, kNeverDrawnByte, size_t(n) * sizeof(int32_t));
  SPLAT_LAUNCH(context, DrawKernel, gpu::BlocksFor(draws, kThreads), kThreads, params, drawn);
  SPLAT_LAUNCH(context, DeadRowsKernel, gpu::BlocksFor(n, kThreads), kThreads, params);
  SPLAT_LAUNCH(context, SourcesKernel, gpu::BlocksFor(draws, kThreads), kThreads, params, drawn);
}

void ShareOpacities(const KernelContext& context, const ShareParams& params) {
  SPLAT_LAUNCH(context, ShareKernel, gpu::BlocksFor(params.rows, kThreads), kThreads, params);
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
