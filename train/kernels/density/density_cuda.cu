// Densification on a GPU: decide the fate of each splat, plan and copy the rows that change, draw the children
// of splits. Everything is memory-bound with one thread an item, no shared memory, and no atomics but those of the
// counts, which are integers. Nothing depends on the order of threads; only DecideFates waits, for three counts.
#include <algorithm>

#include "core/gpu_algorithms.cuh"
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256;

// FateCounts while they are added up.
struct Totals {
  unsigned long long kept, clones, splits;
};

// Keys of the growing splats, strongest first when sorted, and whose they are.
struct Growth {
  uint32_t* keys;  // [N], or null: not wanted
  int32_t* splats;
};

// One thread: one splat. Writes its fate, and its key if that is wanted. Block of kThreads.
__global__ void __launch_bounds__(kThreads) FatesKernel(DecideParams params, Growth growth) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= params.splats.count) return;
  const SplatFate fate = FateOf(params, i);
  params.fates[i] = uint8_t(fate);
  if (!growth.keys) return;
  growth.keys[i] = Grows(fate) ? GrowthKey(MeanGradientOf(params, i)) : kNoGrowthKey;
  growth.splats[i] = int32_t(i);
}

// One thread: one splat. Three votes of the block and at most three atomics by its first thread. Block of kThreads.
__global__ void __launch_bounds__(kThreads) CountFatesKernel(const uint8_t* fates, int64_t count, Totals* totals) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const SplatFate fate = i < count ? SplatFate(fates[i]) : SplatFate::kRemove;
  const int clones = gpu::SyncBlockCount(fate == SplatFate::kClone);
  const int kept = clones + gpu::SyncBlockCount(fate == SplatFate::kKeep);
  const int splits = gpu::SyncBlockCount(fate == SplatFate::kSplit);
  if (threadIdx.x != 0) return;
  if (kept > 0) gpu::AtomicAdd(&totals->kept, static_cast<unsigned long long>(kept));
  if (clones > 0) gpu::AtomicAdd(&totals->clones, static_cast<unsigned long long>(clones));
  if (splits > 0) gpu::AtomicAdd(&totals->splits, static_cast<unsigned long long>(splits));
}

// One thread: one place in the order of growth. Those behind the room that the limit leaves stay as they are. totals:
// of the fates before. Block of kThreads.
__global__ void __launch_bounds__(kThreads)
    TakeBackKernel(Growth sorted, int64_t count, const Totals* totals, int64_t max_gaussians, uint8_t* fates) {
  const int64_t k = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (k >= count || k < GrowthRoom(max_gaussians, int64_t(totals->kept + totals->splits))) return;
  if (sorted.keys[k] != kNoGrowthKey) fates[sorted.splats[k]] = uint8_t(SplatFate::kKeep);
}

// 0 and 1 for each splat, and later their inclusive sums: [N] each.
struct Ranks {
  int32_t *kept, *clones, *splits;
};

// One thread: one splat. Block of kThreads.
__global__ void __launch_bounds__(kThreads) FlagsKernel(const uint8_t* fates, int64_t count, Ranks flags) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= count) return;
  const SplatFate fate = SplatFate(fates[i]);
  flags.kept[i] = fate == SplatFate::kKeep || fate == SplatFate::kClone ? 1 : 0;
  flags.clones[i] = fate == SplatFate::kClone ? 1 : 0;
  flags.splits[i] = fate == SplatFate::kSplit ? 1 : 0;
}

// One thread: one splat, and one new splat that is appended. Block of kThreads.
__global__ void __launch_bounds__(kThreads) RowsKernel(PlanParams params, Ranks ranks) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= params.Holes() && i < params.counts.Added()) PlanAppended(params, i);
  if (i >= params.count) return;
  const SplatFate fate = SplatFate(params.fates[i]);
  RanksBefore before = {ranks.kept[i], ranks.clones[i], ranks.splits[i]};
  before.kept -= fate == SplatFate::kKeep || fate == SplatFate::kClone ? 1 : 0;
  before.clones -= fate == SplatFate::kClone ? 1 : 0;
  before.splits -= fate == SplatFate::kSplit ? 1 : 0;
  const int64_t rows = params.counts.Rows();
  PlanSplat(params, i, before, rows > 0 && i >= rows ? ranks.kept[rows - 1] : 0);
}

// One thread: one child, with random numbers of its own. In double: few children, and the CPU's numbers but for the
// last bits of exp, log and cos. Block of kThreads.
__global__ void __launch_bounds__(kThreads) ChildrenKernel(ChildrenParams params) {
  const int64_t child = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (child >= params.children) return;
  const int64_t row = params.first_child + child;
  DrawChild(Random(params.random_state).Skipped(uint64_t(child) * kDrawsPerChild), params.quats + 4 * row,
            params.means + 3 * row, params.log_scales + 3 * row);
}

// One thread: one number of the result; the threads of a warp write side by side and read side by side within a row.
// Block of kThreads.
__global__ void __launch_bounds__(kThreads) GatherKernel(GatherParams params) {
  const int64_t e = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (e >= params.row_count * params.width) return;
  const int64_t r = e / params.width, column = e - r * params.width;
  params.to[e] = params.from[params.rows[r] * params.width + column];
}

// One thread: one number; as GatherKernel. Block of kThreads.
__global__ void __launch_bounds__(kThreads) ScatterKernel(ScatterParams params) {
  const int64_t e = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (e >= params.row_count * params.width) return;
  const int64_t r = e / params.width, column = e - r * params.width, row = params.rows[r];
  if (row >= 0) params.to[row * params.width + column] = r < params.from_count ? params.from[e] : 0.0f;
}

// One thread: one splat. Block of kThreads.
__global__ void __launch_bounds__(kThreads)
    MortonKeysKernel(const float* means, int64_t count, MortonBox box, uint32_t* keys, int64_t* rows) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= count) return;
  keys[i] = MortonKey(box, {means[3 * i], means[3 * i + 1], means[3 * i + 2]});
  rows[i] = i;
}

// One thread: one splat. Block of kThreads.
__global__ void __launch_bounds__(kThreads) ClampKernel(float* logits, int64_t count, float limit) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i < count) logits[i] = ClampedFromAbove(logits[i], limit);
}

Totals* CountOnDevice(const KernelContext& context, const DecideParams& params) {
  Totals* totals = context.scratch->AllocateArray<Totals>(1);
  gpu::SetBytes(context, totals, 0, sizeof(Totals));
  SPLAT_LAUNCH(context, CountFatesKernel, gpu::BlocksFor(params.splats.count, kThreads), kThreads, params.fates,
               params.splats.count, totals);
  return totals;
}

// Fates without regard to the limit, and what they add up to.
Totals* DecideUnlimited(const KernelContext& context, const DecideParams& params, const Growth& growth) {
  SPLAT_LAUNCH(context, FatesKernel, gpu::BlocksFor(params.splats.count, kThreads), kThreads, params, growth);
  return CountOnDevice(context, params);
}

// All splats are sorted, as how many of them grow is only known on the device.
Totals* DecideWithinLimit(const KernelContext& context, const DecideParams& params) {
  const int64_t n = params.splats.count;
  gpu::PairBuffers<uint32_t, int32_t> pairs;
  pairs.keys = context.scratch->AllocateArray<uint32_t>(n);
  pairs.other_keys = context.scratch->AllocateArray<uint32_t>(n);
  pairs.values = context.scratch->AllocateArray<int32_t>(n);
  pairs.other_values = context.scratch->AllocateArray<int32_t>(n);
  const Totals* before = DecideUnlimited(context, params, {pairs.keys, pairs.values});
  const auto sorted = gpu::SortPairs(context, pairs, n, kGrowthKeyBits);
  SPLAT_LAUNCH(context, TakeBackKernel, gpu::BlocksFor(n, kThreads), kThreads, Growth{sorted.keys, sorted.values}, n,
               before, params.max_gaussians, params.fates);
  return CountOnDevice(context, params);
}

FateCounts DecideFates(const KernelContext& context, const DecideParams& params) {
  if (params.splats.count == 0) return {};
  // Where every splat may grow the limit need not be looked at.
  const bool limited = params.max_gaussians < 2 * params.splats.count;
  const Totals* totals =
      limited ? DecideWithinLimit(context, params) : DecideUnlimited(context, params, {nullptr, nullptr});
  Totals found;
  gpu::CopyToHost(context, &found, totals, sizeof(found));
  return {int64_t(found.kept), int64_t(found.clones), int64_t(found.splits)};
}

void PlanRows(const KernelContext& context, const PlanParams& params) {
  const int64_t n = params.count, blocks = gpu::BlocksFor(n, kThreads);
  const auto array = [&] { return context.scratch->AllocateArray<int32_t>(n); };
  const Ranks flags{array(), array(), array()}, ranks{array(), array(), array()};
  SPLAT_LAUNCH(context, FlagsKernel, blocks, kThreads, params.fates, n, flags);
  gpu::InclusiveSum(context, flags.kept, ranks.kept, n);
  gpu::InclusiveSum(context, flags.clones, ranks.clones, n);
  gpu::InclusiveSum(context, flags.splits, ranks.splits, n);
  SPLAT_LAUNCH(context, RowsKernel, gpu::BlocksFor(std::max(n, params.counts.Added()), kThreads), kThreads, params,
               ranks);
}

void DrawChildren(const KernelContext& context, const ChildrenParams& params) {
  SPLAT_LAUNCH(context, ChildrenKernel, gpu::BlocksFor(params.children, kThreads), kThreads, params);
}

void GatherRows(const KernelContext& context, const GatherParams& params) {
  SPLAT_LAUNCH(context, GatherKernel, gpu::BlocksFor(params.row_count * params.width, kThreads), kThreads, params);
}

void ScatterRows(const KernelContext& context, const ScatterParams& params) {
  SPLAT_LAUNCH(context, ScatterKernel, gpu::BlocksFor(params.row_count * params.width, kThreads), kThreads, params);
}

void MortonOrder(const KernelContext& context, const MortonParams& params) {
  const int64_t n = params.count;
  gpu::PairBuffers<uint32_t, int64_t> pairs;
  pairs.keys = context.scratch->AllocateArray<uint32_t>(n);
  pairs.other_keys = context.scratch->AllocateArray<uint32_t>(n);
  pairs.values = params.rows;
  pairs.other_values = context.scratch->AllocateArray<int64_t>(n);
  SPLAT_LAUNCH(context, MortonKeysKernel, gpu::BlocksFor(n, kThreads), kThreads, params.means, n,
               MortonBoxOf(params.low, params.high), pairs.keys, pairs.values);
  const auto sorted = gpu::SortPairs(context, pairs, n, kMortonKeyBits);
  if (sorted.values != params.rows) {
    gpu::CopyOnDevice(context, params.rows, sorted.values, size_t(n) * sizeof(int64_t));
  }
}

void ClampOpacity(const KernelContext& context, float* logits, int64_t count, float limit) {
  SPLAT_LAUNCH(context, ClampKernel, gpu::BlocksFor(count, kThreads), kThreads, logits, count, limit);
}

}  // namespace

DensityStages DeviceDensityStages() {
  return {DecideFates,  PlanRows,    DrawChildren, GatherRows,     ScatterRows, MortonOrder,
          ClampOpacity, WeighSplats, DrawSources,  ShareOpacities, AddNoise};
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
