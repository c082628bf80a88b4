// A plain loop blends one tile here: each splat at each pixel of the tile, one number at a time, with the C library's
// exp. Trainers for the CPU do this, and it is the yardstick for the stages: no rows or columns are left out, and no
// sums are shared.
#pragma once

#include "rasterizer/kernels/kernels.h"
#include "rasterizer/math/tiles.h"

namespace splat::bench {

// Blends an image of one tile: params.width and height are at most math::kTileSize, and the list has one tile. Writes
// the image and alpha as kernels::Blend does; depth is not composited.
void BlendTilePlainly(const kernels::BlendParams<float>& params);

// Writes the slots as kernels::BlendBackward does without gradients of alpha and depth and without abs_mean.
void BlendTileBackwardPlainly(const kernels::BlendBackwardParams<float>& params);

}  // namespace splat::bench
