// Binning on the CPU: radix sort of the visible splats by depth, then one counting sort into tiles. Every pass is cut
// into chunks that follow from its size alone, whose counts are added up in order: the result does not depend on the
// threads.
#include <algorithm>

#include "core/check.h"
#include "core/own_scratch.h"
#include "rasterizer/kernels/bin/tile_spans.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/kernels/simd_kernels.h"
#include "rasterizer/math/tiles.h"

namespace splat::kernels {
namespace {

constexpr int kRadixBits = 11;  // three passes for 32 bits
constexpr int kRadixSize = 1 << kRadixBits;

struct KeyedSplat {
  uint32_t key;
  int32_t splat;
};

// Items cut into chunks, a task each: few enough that their counters stay small beside the items.
struct Chunks {
  int64_t items, size, count;

  Chunks(int64_t of, int64_t smallest)
      : items(of),
        size(std::max(smallest, (items + kMostChunks - 1) / kMostChunks)),
        count((items + size - 1) / size) {}
  // body(chunk, begin, end)
  template <typename Body>
  void Run(Executor& executor, const Body& body) const {
    ParallelFor(executor, items, size, [&](int64_t begin, int64_t end) { body(begin / size, begin, end); });
  }

  static constexpr int64_t kMostChunks = 64;
};

// counts [chunks, bins], how many items of each chunk fall into each bin, to the place of a chunk's first one in the
// bin, by bin and then by chunk. begin [bins + 1]: that of each bin's first.
void CountsToPlaces(int64_t chunks, int64_t bins, int32_t* counts, int32_t* begin) {
  std::fill_n(begin, bins + 1, 0);
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    const int32_t* of_chunk = counts + chunk * bins;
    for (int64_t bin = 0; bin < bins; ++bin) begin[bin] += of_chunk[bin];
  }
  int32_t sum = 0;
  for (int64_t bin = 0; bin <= bins; ++bin) {
    const int32_t n = begin[bin];
    begin[bin] = sum;
    sum += n;
  }
  // From the last chunk to the first: begin of the next bin minus what comes after.
  for (int64_t chunk = chunks - 1; chunk >= 0; --chunk) {
    int32_t* of_chunk = counts + chunk * bins;
    const int32_t* after = chunk + 1 < chunks ? of_chunk + bins : begin + 1;
    for (int64_t bin = 0; bin < bins; ++bin) of_chunk[bin] = after[bin] - of_chunk[bin];
  }
}

// Stable sort by key: equal depths stay in index order. items and spare [chunks.items]; returns the one that holds the
// result.
KeyedSplat* RadixSort(Executor& executor, ScratchAllocator& scratch, const Chunks& chunks, KeyedSplat* items,
                      KeyedSplat* spare) {
  int32_t* counts = scratch.AllocateArray<int32_t>(chunks.count * kRadixSize);
  int32_t* begin = scratch.AllocateArray<int32_t>(kRadixSize + 1);
  for (int shift = 0; shift < 32; shift += kRadixBits) {
    const auto digit = [shift](const KeyedSplat& item) { return (item.key >> shift) & (kRadixSize - 1); };
    chunks.Run(executor, [&](int64_t chunk, int64_t first, int64_t end) {
      int32_t* of_chunk = counts + chunk * kRadixSize;
      std::fill_n(of_chunk, kRadixSize, 0);
      for (int64_t k = first; k < end; ++k) ++of_chunk[digit(items[k])];
    });
    CountsToPlaces(chunks.count, kRadixSize, counts, begin);
    const uint32_t some_digit = chunks.items > 0 ? digit(items[0]) : 0;
    if (begin[some_digit + 1] - begin[some_digit] == chunks.items) continue;  // all have the same: nothing moves
    chunks.Run(executor, [&](int64_t chunk, int64_t first, int64_t end) {
      int32_t* next = counts + chunk * kRadixSize;
      for (int64_t k = first; k < end; ++k) spare[next[digit(items[k])]++] = items[k];
    });
    std::swap(items, spare);
  }
  return items;
}

template <typename T>
struct ListTiles;
template <>
struct ListTiles<float> {
  static auto On(InstructionSet set) { return SimdKernelsOf(set).list_tiles; }
};
template <>
struct ListTiles<double> {
  static auto On(InstructionSet) { return TileSpans<double>::List; }
};

// Lists the visible splats in index order, and writes the tiles of each to its slots.
template <typename T>
void ListVisible(const KernelContext& context, const BinParams<T>& params, const TileListing<T>& listing,
                 KeyedSplat* visible) {
  const Chunks chunks(params.count, 2048);
  int64_t place[Chunks::kMostChunks + 1] = {};
  chunks.Run(*context.executor, [&](int64_t chunk, int64_t begin, int64_t end) {
    int64_t n = 0;
    for (int64_t i = begin; i < end; ++i) n += params.projected.tile_counts[i] > 0 ? 1 : 0;
    place[chunk + 1] = n;
  });
  for (int64_t chunk = 0; chunk < chunks.count; ++chunk) place[chunk + 1] += place[chunk];
  SPLAT_DCHECK(place[chunks.count] == params.visible);
  const auto list_tiles = ListTiles<T>::On(context.instruction_set);
  chunks.Run(*context.executor, [&](int64_t chunk, int64_t begin, int64_t end) {
    constexpr int64_t kBatch = 512;  // splats, whose records are still near when their tiles are listed
    KeyedSplat* next = visible + place[chunk];
    for (int64_t i = begin; i < end;) {
      int32_t splats[kBatch];
      int64_t n = 0;
      for (const int64_t stop = std::min(end, i + kBatch); i < stop; ++i) {
        splats[n] = int32_t(i);
        n += params.projected.tile_counts[i] > 0 ? 1 : 0;
      }
      for (int64_t k = 0; k < n; ++k) {
        const T depth = params.projected.records[kRecordSize * int64_t(splats[k]) + kRecordDepth];
        *next++ = {math::DepthKey(float(depth)), splats[k]};
      }
      list_tiles(listing, splats, n);
    }
  });
}

// The visible splats in the order of their depth.
struct SortedSplats {
  const KeyedSplat* splats;  // [count]
  int64_t count;
  const int32_t* tile_of_slot;  // [I]
};

// Deals the instances of the sorted splats to the tiles.
void DealToTiles(Executor& executor, ScratchAllocator& scratch, const SortedSplats& visible, int64_t tiles,
                 const TileListView& list) {
  const KeyedSplat* sorted = visible.splats;
  const int32_t* tile_of_slot = visible.tile_of_slot;
  const Chunks chunks(visible.count, 2048);
  int32_t* counts = scratch.AllocateArray<int32_t>(chunks.count * tiles);
  // Neighbours in depth lie anywhere in the model.
  const auto for_each_slot = [&](int64_t begin, int64_t end, const auto& visit) {
    constexpr int64_t kAhead = 8;
    for (int64_t k = begin; k < end; ++k) {
      if (k + 2 * kAhead < end) __builtin_prefetch(list.slot_begin + sorted[k + 2 * kAhead].splat);
      if (k + kAhead < end) __builtin_prefetch(tile_of_slot + list.slot_begin[sorted[k + kAhead].splat]);
      const int32_t splat = sorted[k].splat;
      for (int32_t slot = list.slot_begin[splat]; slot < list.slot_begin[splat + 1]; ++slot) visit(splat, slot);
    }
  };
  chunks.Run(executor, [&](int64_t chunk, int64_t begin, int64_t end) {
    int32_t* of_chunk = counts + chunk * tiles;
    std::fill_n(of_chunk, tiles, 0);
    for_each_slot(begin, end, [&](int32_t, int32_t slot) { ++of_chunk[tile_of_slot[slot]]; });
  });
  CountsToPlaces(chunks.count, tiles, counts, list.tile_begin);
  SPLAT_DCHECK(list.tile_begin[tiles] == list.instances);
  chunks.Run(executor, [&](int64_t chunk, int64_t begin, int64_t end) {
    int32_t* next = counts + chunk * tiles;
    for_each_slot(begin, end, [&](int32_t splat, int32_t slot) {
      list.entries[next[tile_of_slot[slot]]++] = {splat, slot};
    });
  });
}

}  // namespace

void CheckInstanceCount(int64_t instances) {
  SPLAT_CHECK(instances <= kMaxInstances, "this view needs more than ", kMaxInstances,
              " pairs of splat and tile; render it smaller, or with fewer splats");
}

InstanceCount CountInstances(const KernelContext&, const int32_t* tile_counts, int64_t count, int32_t* slot_begin) {
  InstanceCount total;
  for (int64_t i = 0; i < count; ++i) {
    slot_begin[i] = int32_t(total.instances);
    total.instances += tile_counts[i];
    total.visible += tile_counts[i] > 0 ? 1 : 0;
  }
  CheckInstanceCount(total.instances);
  slot_begin[count] = int32_t(total.instances);
  return total;
}

template <typename T>
void BinSplats(const KernelContext& context, const BinParams<T>& params) {
  OwnScratch own;
  ScratchAllocator& scratch = ScratchOf(context, own);
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  int32_t* tile_of_slot = scratch.AllocateArray<int32_t>(params.list.instances);
  KeyedSplat* visible = scratch.AllocateArray<KeyedSplat>(params.visible);
  KeyedSplat* spare = scratch.AllocateArray<KeyedSplat>(params.visible);
  ListVisible(context, params, {grid, params.projected.records, params.list.slot_begin, tile_of_slot}, visible);
  const KeyedSplat* sorted = RadixSort(*context.executor, scratch, Chunks(params.visible, 4096), visible, spare);
  DealToTiles(*context.executor, scratch, {sorted, params.visible, tile_of_slot}, int64_t(grid.columns) * grid.rows,
              params.list);
}

template void BinSplats<float>(const KernelContext&, const BinParams<float>&);
template void BinSplats<double>(const KernelContext&, const BinParams<double>&);

}  // namespace splat::kernels
