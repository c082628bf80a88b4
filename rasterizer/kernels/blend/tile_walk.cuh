// A warp walks here over the tiles that its splats reach: a splat of few rows is walked by its own lane, a larger one
// by the whole warp, so that one splat that covers the image does not hold up 31 others. Counting and emission share
// TileSpanOfRow, and the .cu files are compiled without contraction, so they cannot disagree (docs/math.md, section 8).
#pragma once

#include "core/gpu.cuh"
#include "rasterizer/math/tiles.h"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

constexpr int kRowsOfOneLane = 4;

__device__ inline math::TileEllipse<float> ShuffleEllipse(const math::TileEllipse<float>& e, int lane) {
  return {{gpu::Shuffle(e.mean.x, lane), gpu::Shuffle(e.mean.y, lane)},
          {gpu::Shuffle(e.conic.xx, lane), gpu::Shuffle(e.conic.xy, lane), gpu::Shuffle(e.conic.yy, lane)},
          {gpu::Shuffle(e.half.x, lane), gpu::Shuffle(e.half.y, lane)}};
}

// Tiles that each lane's ellipse reaches; 0 for a lane that is not `active`. Every lane of the warp calls it.
__device__ inline int CountTilesOfWarp(const math::TileEllipse<float>& ellipse, const math::TileGrid& grid,
                                       bool active) {
  const math::TileSpan rows = active ? math::TileRowsOf(ellipse, grid) : math::TileSpan{};
  const bool large = rows.end - rows.begin > kRowsOfOneLane;
  int tiles = 0;
  if (!large) {
    for (int row = rows.begin; row < rows.end; ++row) {
      const math::TileSpan span = math::TileSpanOfRow(ellipse, grid, row);
      tiles += span.end - span.begin;
    }
  }
  for (unsigned left = gpu::Ballot(large); left != 0; left &= left - 1) {
    const int lane = gpu::LowestBit(left);
    const math::TileEllipse<float> shared = ShuffleEllipse(ellipse, lane);
    const int end = gpu::Shuffle(rows.end, lane);
    int sum = 0;
    for (int row = gpu::Shuffle(rows.begin, lane) + gpu::LaneIndex(); row < end; row += gpu::kWarpSize) {
      const math::TileSpan span = math::TileSpanOfRow(shared, grid, row);
      sum += span.end - span.begin;
    }
    sum = gpu::WarpSum(sum);
    if (gpu::LaneIndex() == lane) tiles = sum;
  }
  return tiles;
}

// The places that a splat's instances go to.
struct EmissionPlaces {
  int splat, first_place, first_slot;
};

// One instance. index counts the splat's tiles row by row.
struct EmittedTile {
  int splat, first_place, first_slot;
  int index, tile;
};

// Calls emit(EmittedTile) for each tile of each lane's ellipse; the lane that calls it may be another than the one that
// brought the splat. Every lane of the warp calls this function.
template <typename Emit>
__device__ inline void EmitTilesOfWarp(const math::TileEllipse<float>& ellipse, const math::TileGrid& grid, bool active,
                                       const EmissionPlaces& places, const Emit& emit) {
  const math::TileSpan rows = active ? math::TileRowsOf(ellipse, grid) : math::TileSpan{};
  const bool large = rows.end - rows.begin > kRowsOfOneLane;
  if (!large) {
    int index = 0;
    for (int row = rows.begin; row < rows.end; ++row) {
      const math::TileSpan span = math::TileSpanOfRow(ellipse, grid, row);
      for (int column = span.begin; column < span.end; ++column) {
        emit(EmittedTile{places.splat, places.first_place, places.first_slot, index++, row * grid.columns + column});
      }
    }
  }
  for (unsigned left = gpu::Ballot(large); left != 0; left &= left - 1) {
    const int source = gpu::LowestBit(left);
    const math::TileEllipse<float> shared = ShuffleEllipse(ellipse, source);
    const int begin = gpu::Shuffle(rows.begin, source), end = gpu::Shuffle(rows.end, source);
    const EmissionPlaces to = {gpu::Shuffle(places.splat, source), gpu::Shuffle(places.first_place, source),
                               gpu::Shuffle(places.first_slot, source)};
    int before = 0;  // tiles of the rows above
    for (int first = begin; first < end; first += gpu::kWarpSize) {
      const int row = first + gpu::LaneIndex();
      const math::TileSpan span = row < end ? math::TileSpanOfRow(shared, grid, row) : math::TileSpan{};
      const int width = span.end - span.begin;
      const int ends = gpu::WarpInclusiveSum(width);  // tiles of the rows up to the own one
      const int total = gpu::Shuffle(ends, gpu::kWarpSize - 1);
      // Lane k takes tile k of these rows, k + 32, ...: neighbouring lanes write neighbouring places.
      for (int place = 0; place < total; place += gpu::kWarpSize) {
        const int mine = place + gpu::LaneIndex();
        int low = 0;  // the first row whose tiles end behind `mine`, by bisection over the lanes
        for (int step = gpu::kWarpSize / 2; step > 0; step /= 2) {
          if (gpu::Shuffle(ends, low + step - 1) <= mine) low += step;
        }
        const int row_end = gpu::Shuffle(ends, low), row_width = gpu::Shuffle(width, low);
        const int column = gpu::Shuffle(span.begin, low) + mine - (row_end - row_width);
        if (mine < total) {
          emit(EmittedTile{to.splat, to.first_place, to.first_slot, before + mine,
                           (first + low) * grid.columns + column});
        }
      }
      before += total;
    }
  }
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
