// This header measures how far the tile lists of an image are walked and how many pairs are drawn, counted on the host
// over a sample of tiles with the formulas of the rasterizer.
#pragma once

#include <cstdint>

#include "core/parallel.h"
#include "rasterizer/kernels/views.h"

namespace splat::bench {

struct ListWalkInput {
  int width = 0, height = 0;
  const float* records = nullptr;                  // [N, kRecordSize]
  const int32_t* tile_begin = nullptr;             // [tiles + 1]
  const kernels::TileInstance* entries = nullptr;  // [I]
  int sampled_tiles = 512;                         // evenly spaced; all of them if there are fewer
};

// Extrapolated from the sample to all tiles by the length of the lists.
struct ListWalk {
  double walked = 0;        // entries before all pixels of their tile are opaque
  double contributing = 0;  // pairs (entry, pixel) that are drawn
  double tested = 0;        // pairs of an entry and a pixel of an 8x4 block that its bounds meet and that is not opaque
  double live_warps = 0;    // pairs of an entry and 8 x 4 pixels of a tile in which it is drawn
};

ListWalk WalkLists(const ListWalkInput& input, Executor& executor);

}  // namespace splat::bench
