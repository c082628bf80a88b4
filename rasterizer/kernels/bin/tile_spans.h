// This header walks the tiles that splats reach, on the CPU, for any kind of lanes (core/lanes.h); each lane is a
// splat. Project counts them and BinSplats lists them; both walk the rows here, so they cannot disagree.
#pragma once

#include <cstdint>

#include "core/lanes.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/kernels/views.h"
#include "rasterizer/math/tiles.h"

namespace splat::kernels {

// These arrays are needed to list the tiles of visible splats.
template <typename S>
struct TileListing {
  math::TileGrid grid;
  const S* records = nullptr;           // [N, kRecordSize]
  const int32_t* slot_begin = nullptr;  // [N + 1]
  int32_t* tile_of_slot = nullptr;      // [I]
};

template <typename L>
class TileSpans {
 public:
  using S = ScalarOf<L>;
  static constexpr int kLanes = LanesOf<L>::kCount;

  // How many tiles each ellipse reaches, a whole number.
  static L Count(const math::TileEllipse<L>& ellipse, const math::TileGrid& grid) {
    L tiles(0);
    const math::EllipseChords<L> chords = math::ChordsOf(ellipse);
    const math::TileRange<L> rows = math::TileRowRangeOf(ellipse, grid);
    for (L row = rows.begin; AnyLane(row < rows.end); row += L(1)) {
      const math::TileRange<L> columns = math::TileColumnRangeOf(ellipse, chords, grid, row);
      tiles += Select(row < rows.end, columns.end - columns.begin, L(0));
    }
    return tiles;
  }

  // Writes the tiles of splats[0] < splats[1] < ... to their slots, row by row. All visible splats between the first
  // and the last are among them.
  static void List(const TileListing<S>& listing, const int32_t* splats, int64_t count) {
    if (count == 0) return;
    Places places = {listing.tile_of_slot + listing.slot_begin[splats[0]],
                     listing.tile_of_slot + listing.slot_begin[splats[count - 1] + 1], listing.grid.columns};
    for (int64_t k = 0; k < count; k += kLanes) {
      const int lanes = count - k < kLanes ? int(count - k) : kLanes;
      int64_t index[kLanes];
      for (int lane = 0; lane < kLanes; ++lane) index[lane] = splats[k + (lane < lanes ? lane : 0)];
      L record[kRecordSize];
      LoadRows<L>(listing.records, kRecordSize, index, kRecordSize, record);
      ListVector(EllipseOf(record), listing.grid, lanes, places);
    }
  }

 private:
  static constexpr int kRows = 16;  // of tiles, whose spans are found before they are written

  // Where the next tiles go: behind those before, as the slots of consecutive splats are consecutive.
  struct Places {
    int32_t* next;
    int32_t* end;
    int columns;  // of the grid

    void AddRow(int32_t row, int32_t first, int32_t last) {
      constexpr int kAtOnce = 4;
      const int32_t tile = row * columns + first;
      if (end - next >= kAtOnce) {  // what is too much is overwritten by what follows
        for (int k = 0; k < kAtOnce; ++k) next[k] = tile + k;
        for (int k = kAtOnce; k < last - first; ++k) next[k] = tile + k;
      } else {
        for (int k = 0; k < last - first; ++k) next[k] = tile + k;
      }
      next += last - first;
    }
  };

  // The ellipses' spans are found side by side, up to kRows of each, and written one ellipse after the other.
  static void ListVector(const math::TileEllipse<L>& ellipse, const math::TileGrid& grid, int lanes, Places& places) {
    const math::EllipseChords<L> chords = math::ChordsOf(ellipse);
    const math::TileRange<L> rows = math::TileRowRangeOf(ellipse, grid);
    alignas(64) S row_begin[kLanes], row_end[kLanes], begin[kRows][kLanes], end[kRows][kLanes];
    StoreLanes<L>(rows.begin, row_begin);
    StoreLanes<L>(rows.end, row_end);
    L row = rows.begin;
    for (int r = 0; r < kRows && AnyLane(row < rows.end); ++r, row += L(1)) {
      const math::TileRange<L> columns = math::TileColumnRangeOf(ellipse, chords, grid, row);
      StoreLanes<L>(columns.begin, begin[r]);
      StoreLanes<L>(columns.end, end[r]);
    }
    for (int lane = 0; lane < lanes; ++lane) {
      const int32_t first = int32_t(row_begin[lane]), last = int32_t(row_end[lane]);
      const int32_t near = last - first < kRows ? last : first + kRows;
      for (int32_t r = first; r < near; ++r) {
        places.AddRow(r, int32_t(begin[r - first][lane]), int32_t(end[r - first][lane]));
      }
      if (near < last) AddFurtherRows(ellipse, chords, grid, lane, {near, last}, places);
    }
  }

  // Rows of a large ellipse.
  static void AddFurtherRows(const math::TileEllipse<L>& ellipse, const math::EllipseChords<L>& chords,
                             const math::TileGrid& grid, int lane, math::TileRange<int32_t> rows, Places& places) {
    for (int32_t row = rows.begin; row < rows.end; ++row) {
      const math::TileRange<L> columns = math::TileColumnRangeOf(ellipse, chords, grid, L(row));
      alignas(64) S first[kLanes], last[kLanes];
      StoreLanes<L>(columns.begin, first);
      StoreLanes<L>(columns.end, last);
      places.AddRow(row, int32_t(first[lane]), int32_t(last[lane]));
    }
  }
};

}  // namespace splat::kernels
