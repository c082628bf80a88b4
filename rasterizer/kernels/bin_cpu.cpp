// Binning on the CPU: radix sort of the visible splats by depth, then one counting sort into tiles. Chunks of splats
// are counted and scattered in parallel; within a tile the order is that of the sort, whatever the chunks.
#include <algorithm>
#include <vector>

#include "core/check.h"

#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/math/tiles.h"

namespace splat::kernels {
namespace {

constexpr int64_t kChunk = 2048;  // splats a task
constexpr int kRadixBits = 11;    // three passes for 32 bits
constexpr int kRadixSize = 1 << kRadixBits;

struct KeyedSplat {
  uint32_t key;
  int32_t splat;
};

// Stable sort by key: equal depths stay in index order.
void RadixSort(std::vector<KeyedSplat>& items) {
  std::vector<KeyedSplat> other(items.size());
  for (int shift = 0; shift < 32; shift += kRadixBits) {
    std::vector<int64_t> place(kRadixSize + 1, 0);
    for (const KeyedSplat& item : items) ++place[((item.key >> shift) & (kRadixSize - 1)) + 1];
    for (int i = 0; i < kRadixSize; ++i) place[i + 1] += place[i];
    for (const KeyedSplat& item : items) other[place[(item.key >> shift) & (kRadixSize - 1)]++] = item;
    items.swap(other);
  }
}

template <typename T>
std::vector<KeyedSplat> VisibleByDepth(const BinParams<T>& params) {
  std::vector<KeyedSplat> visible;
  visible.reserve(size_t(params.visible));
  for (int64_t i = 0; i < params.count; ++i) {
    if (params.projected.tile_counts[i] > 0) {
      visible.push_back({math::DepthKey(float(params.projected.records[kRecordSize * i + kRecordDepth])), int32_t(i)});
    }
  }
  RadixSort(visible);
  return visible;
}

// Calls visit(tile) for each tile that splat i reaches, row by row.
template <typename T, typename Visit>
void ForEachTile(const BinParams<T>& params, const math::TileGrid& grid, int64_t i, const Visit& visit) {
  const math::TileEllipse<T> ellipse = EllipseOf(params.projected.records + kRecordSize * i);
  const math::TileSpan rows = math::TileRowsOf(ellipse, grid);
  for (int row = rows.begin; row < rows.end; ++row) {
    const math::TileSpan span = math::TileSpanOfRow(ellipse, grid, row);
    for (int column = span.begin; column < span.end; ++column) visit(row * grid.columns + column);
  }
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
    CheckInstanceCount(total.instances);
  }
  slot_begin[count] = int32_t(total.instances);
  return total;
}

template <typename T>
void BinSplats(const KernelContext& context, const BinParams<T>& params) {
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  const int64_t tiles = int64_t(grid.columns) * grid.rows;
  const std::vector<KeyedSplat> visible = VisibleByDepth(params);
  const int64_t size = int64_t(visible.size());
  const int64_t chunks = (size + kChunk - 1) / kChunk;

  // How many instances each chunk gives each tile, then where each chunk's first one goes.
  std::vector<int64_t> place(chunks * tiles, 0);
  ParallelFor(*context.executor, size, kChunk, [&](int64_t begin, int64_t end) {
    int64_t* counts = place.data() + begin / kChunk * tiles;
    for (int64_t k = begin; k < end; ++k) {
      ForEachTile(params, grid, visible[k].splat, [&](int tile) { ++counts[tile]; });
    }
  });
  int64_t sum = 0;
  for (int64_t tile = 0; tile < tiles; ++tile) {
    params.list.tile_begin[tile] = int32_t(sum);
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      const int64_t n = place[chunk * tiles + tile];
      place[chunk * tiles + tile] = sum;
      sum += n;
    }
  }
  params.list.tile_begin[tiles] = int32_t(sum);
  SPLAT_DCHECK(sum == params.list.instances);

  ParallelFor(*context.executor, size, kChunk, [&](int64_t begin, int64_t end) {
    int64_t* next = place.data() + begin / kChunk * tiles;
    for (int64_t k = begin; k < end; ++k) {
      const int32_t splat = visible[k].splat;
      int32_t slot = params.list.slot_begin[splat];
      ForEachTile(params, grid, splat, [&](int tile) { params.list.entries[next[tile]++] = {splat, slot++}; });
    }
  });
}

template void BinSplats<float>(const KernelContext&, const BinParams<float>&);
template void BinSplats<double>(const KernelContext&, const BinParams<double>&);

}  // namespace splat::kernels
