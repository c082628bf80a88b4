// CountInstances and BinSplats on a GPU: the visible splats are sorted by depth once, their instances are emitted in
// that order and then sorted stably by tile alone, in two passes over 16-bit keys (docs/math.md, section 8). The order
// is the CPU's, ties included. Where the host has only predicted the count, the sorts run over all the room.
#include <algorithm>

#include "core/gpu_algorithms.cuh"
#include "rasterizer/kernels/blend/tile_walk.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"
#include "rasterizer/kernels/records.h"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256;

// Few blocks, for each ends in two additions to one place of memory.
constexpr int64_t kTotalsBlocks = 1024;

// InstanceCount while it is added up.
struct Totals {
  unsigned long long instances, visible;
};
static_assert(sizeof(Totals) == sizeof(InstanceCount) && sizeof(int64_t) == sizeof(unsigned long long));

struct TotalsShared {
  Totals warps[kThreads / gpu::kWarpSize];
};

// One thread: every so many splats. Adds integers, with two atomics a block, so the order does not matter.
__global__ void __launch_bounds__(kThreads) TotalsKernel(const int32_t* tile_counts, int64_t count, Totals* totals) {
  SPLAT_SHARED(TotalsShared, shared);
  Totals mine{};
  const int64_t stride = int64_t(gridDim.x) * kThreads;
  for (int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x; i < count; i += stride) {
    const int32_t tiles = tile_counts[i];
    mine.instances += static_cast<unsigned long long>(tiles);
    mine.visible += tiles > 0 ? 1 : 0;
  }
  const Totals of_warp = {gpu::WarpSum(mine.instances), gpu::WarpSum(mine.visible)};
  if (gpu::LaneIndex() == 0) shared.warps[gpu::WarpIndex()] = of_warp;
  gpu::SyncBlock();
  if (threadIdx.x != 0) return;
  Totals of_block{};
  for (const Totals& warp : shared.warps) {
    of_block.instances += warp.instances;
    of_block.visible += warp.visible;
  }
  gpu::AtomicAdd(&totals->instances, of_block.instances);
  gpu::AtomicAdd(&totals->visible, of_block.visible);
}

// How much a list holds: what the host knows, or what the device has found if there is room for it, else nothing.
struct ListSize {
  InstanceCount room;
  const InstanceCount* found;  // null: the room is the number

  __device__ InstanceCount Get() const {
    if (!found) return room;
    return HasRoomFor(room, *found) ? *found : InstanceCount{};
  }
};

// One thread: one splat. flags [N]: 1 where visible.
__global__ void VisibleFlagsKernel(const int32_t* tile_counts, int64_t count, int32_t* flags) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i < count) flags[i] = tile_counts[i] > 0 ? 1 : 0;
}

// One thread: one splat. Writes the visible ones in the order of their index. ranks [N]: inclusive sums of the flags.
__global__ void VisibleSplatsKernel(ProjectedView<float> projected, int64_t count, const int32_t* ranks, ListSize size,
                                    uint32_t* depth_keys, int32_t* splats) {
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= count || projected.tile_counts[i] == 0) return;
  const int32_t place = ranks[i] - 1;
  if (place >= size.Get().visible) return;  // there is no room
  depth_keys[place] = math::DepthKey(projected.records[kRecordSize * i + kRecordDepth]);
  splats[place] = int32_t(i);
}

// One thread: one place of the room for instances, and for visible splats. Gives what lies behind the found ones keys
// of ones. No key is larger, in any number of bits, and the sorts are stable: it stays behind.
template <typename Key>
__global__ void FillTailsKernel(ListSize size, uint32_t* depth_keys, int32_t* splats, Key* tile_keys,
                                TileInstance* entries) {
  const int64_t k = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const InstanceCount found = size.Get();
  if (k >= found.visible && k < size.room.visible) {
    depth_keys[k] = ~uint32_t(0);
    splats[k] = 0;
  }
  if (k >= found.instances && k < size.room.instances) {
    tile_keys[k] = Key(~Key(0));
    entries[k] = {};
  }
}

// One thread: one place for a visible splat.
__global__ void CountsInOrderKernel(const int32_t* tile_counts, const int32_t* splats, ListSize size, int32_t* counts) {
  const int64_t k = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (k < size.room.visible) counts[k] = k < size.Get().visible ? tile_counts[splats[k]] : 0;
}

template <typename Key>
struct Emission {
  ProjectedView<float> projected;
  math::TileGrid grid;
  ListSize size;
  const int32_t* splats;      // [V] in depth order
  const int32_t* ends;        // [V]: where each splat's instances end in the order of emission
  const int32_t* slot_begin;  // [N + 1]
  Key* keys;                  // [I]
  TileInstance* entries;      // [I]
};

// One lane: one visible splat, in depth order; large ones are emitted by their whole warp.
template <typename Key>
__global__ void EmitKernel(Emission<Key> to) {
  const int64_t k = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const bool active = k < to.size.Get().visible;
  math::TileEllipse<float> ellipse{};
  EmissionPlaces places{};
  if (active) {
    const int splat = to.splats[k];
    ellipse = EllipseOf(to.projected.records + int64_t(kRecordSize) * splat);
    places = {splat, to.ends[k] - to.projected.tile_counts[splat], to.slot_begin[splat]};
  }
  EmitTilesOfWarp(ellipse, to.grid, active, places, [&](const EmittedTile& tile) {
    const int64_t place = int64_t(tile.first_place) + tile.index;
    to.keys[place] = Key(tile.tile);
    to.entries[place] = {tile.splat, tile.first_slot + tile.index};
  });
}

// One thread: one entry of the sorted list. Writes where the tiles between its key and the one before begin, the last
// thread also where those behind it end.
template <typename Key>
__global__ void TileRangesKernel(const Key* keys, ListSize size, int tiles, int32_t* tile_begin) {
  const int64_t k = int64_t(blockIdx.x) * kThreads + threadIdx.x, instances = size.Get().instances;
  if (k > instances) return;
  const int first = k == 0 ? 0 : int(keys[k - 1]) + 1;
  const int last = k == instances ? tiles : int(keys[k]);
  for (int tile = first; tile <= last; ++tile) tile_begin[tile] = int32_t(k);
}

int BitsFor(int64_t values) {
  int bits = 1;
  while ((int64_t(1) << bits) < values) ++bits;
  return bits;
}

ListSize SizeOf(const BinParams<float>& params) {
  return {{params.list.instances, params.visible}, params.found};
}

using DepthPairs = gpu::PairBuffers<uint32_t, int32_t>;

// Visible splats in depth order, equal depths by index. pairs: [V] each, keys and values filled behind what is found.
const int32_t* SortByDepth(const KernelContext& context, const BinParams<float>& params, const DepthPairs& pairs) {
  const int64_t n = params.count, blocks = gpu::BlocksFor(n, kThreads);
  int32_t* flags = context.scratch->AllocateArray<int32_t>(n);
  int32_t* ranks = context.scratch->AllocateArray<int32_t>(n);
  SPLAT_LAUNCH(context, VisibleFlagsKernel, blocks, kThreads, params.projected.tile_counts, n, flags);
  gpu::InclusiveSum(context, flags, ranks, n);
  SPLAT_LAUNCH(context, VisibleSplatsKernel, blocks, kThreads, params.projected, n, ranks, SizeOf(params), pairs.keys,
               pairs.values);
  return gpu::SortPairs(context, pairs, params.visible, 32).values;
}

template <typename Key, typename Value>
gpu::PairBuffers<Key, Value> AllocatePairs(const KernelContext& context, int64_t n, Value* values) {
  gpu::PairBuffers<Key, Value> pairs;
  pairs.keys = context.scratch->AllocateArray<Key>(n);
  pairs.other_keys = context.scratch->AllocateArray<Key>(n);
  pairs.values = values ? values : context.scratch->AllocateArray<Value>(n);
  pairs.other_values = context.scratch->AllocateArray<Value>(n);
  return pairs;
}

template <typename Key>
void EmitAndSort(const KernelContext& context, const BinParams<float>& params, const math::TileGrid& grid) {
  const ListSize size = SizeOf(params);
  const int64_t visible = size.room.visible, instances = size.room.instances;
  const int tiles = grid.columns * grid.rows;
  const auto depth_pairs = AllocatePairs<uint32_t, int32_t>(context, visible, nullptr);
  // With two passes of the sort, as up to 65,536 tiles need, the entries end in the array where they began.
  const auto pairs = AllocatePairs<Key>(context, instances, params.list.entries);
  if (params.found) {
    SPLAT_LAUNCH(context, FillTailsKernel<Key>, gpu::BlocksFor(std::max(visible, instances), kThreads), kThreads, size,
                 depth_pairs.keys, depth_pairs.values, pairs.keys, pairs.values);
  }
  const int32_t* splats = SortByDepth(context, params, depth_pairs);
  int32_t* counts = context.scratch->AllocateArray<int32_t>(visible);
  int32_t* ends = context.scratch->AllocateArray<int32_t>(visible);
  const int64_t blocks = gpu::BlocksFor(visible, kThreads);
  SPLAT_LAUNCH(context, CountsInOrderKernel, blocks, kThreads, params.projected.tile_counts, splats, size, counts);
  gpu::InclusiveSum(context, counts, ends, visible);
  const Emission<Key> emission = {params.projected,       grid,       size,        splats, ends,
                                  params.list.slot_begin, pairs.keys, pairs.values};
  SPLAT_LAUNCH(context, EmitKernel<Key>, blocks, kThreads, emission);
  const auto sorted = gpu::SortPairs(context, pairs, instances, BitsFor(tiles));
  if (sorted.values != params.list.entries) {
    gpu::CopyOnDevice(context, params.list.entries, sorted.values, size_t(instances) * sizeof(TileInstance));
  }
  SPLAT_LAUNCH(context, TileRangesKernel<Key>, gpu::BlocksFor(instances + 1, kThreads), kThreads, sorted.keys, size,
               tiles, params.list.tile_begin);
}

}  // namespace

const InstanceCount* CountOnDevice(const KernelContext& context, const int32_t* tile_counts, int64_t count,
                                   int32_t* slot_begin) {
  InstanceCount* found = context.scratch->AllocateArray<InstanceCount>(1);
  gpu::SetBytes(context, found, 0, sizeof(InstanceCount));
  gpu::SetBytes(context, slot_begin, 0, sizeof(int32_t));
  const int64_t blocks = std::min(gpu::BlocksFor(count, kThreads), kTotalsBlocks);
  SPLAT_LAUNCH(context, TotalsKernel, blocks, kThreads, tile_counts, count, reinterpret_cast<Totals*>(found));
  gpu::InclusiveSum(context, tile_counts, slot_begin + 1, count);
  return found;
}

InstanceCount CountInstances(const KernelContext& context, const int32_t* tile_counts, int64_t count,
                             int32_t* slot_begin) {
  InstanceCount found;
  gpu::CopyToHost(context, &found, CountOnDevice(context, tile_counts, count, slot_begin), sizeof(found));
  CheckInstanceCount(found.instances);
  return found;
}

void BinSplats(const KernelContext& context, const BinParams<float>& params) {
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  const int64_t tiles = int64_t(grid.columns) * grid.rows;
  if (params.list.instances == 0) {
    gpu::SetBytes(context, params.list.tile_begin, 0, size_t(tiles + 1) * sizeof(int32_t));
  } else if (tiles <= 65536) {
    EmitAndSort<uint16_t>(context, params, grid);
  } else {
    EmitAndSort<uint32_t>(context, params, grid);
  }
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
