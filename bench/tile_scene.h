// This scene is one tile with many splats of one size, ready to blend: it measures the speed of the blending kernels
// alone.
#pragma once

#include <array>
#include <vector>

#include "rasterizer/kernels/kernels.h"
#include "rasterizer/math/tiles.h"

namespace splat::bench {

class TileScene {
 public:
  static constexpr int kSplats = 200;

  // `sigma_px` is the standard deviation of the round splats, whose means are all over the tile. Their opacity is low,
  // so that the tile never becomes opaque.
  explicit TileScene(double sigma_px);

  const kernels::BlendParams<float>& Forward() const { return forward_; }
  // These parameters have abs_mean off and no gradient of alpha and depth, as in training.
  const kernels::BlendBackwardParams<float>& Backward() const { return backward_; }
  // Share of the pairs of splat and pixel that are drawn.
  double DrawnShare() const;

 private:
  std::vector<float> records_, slots_;
  std::vector<kernels::TileInstance> entries_;
  std::array<int32_t, 2> tile_begin_ = {0, kSplats};
  std::array<float, 3 * math::kTilePixels> image_, grad_;
  std::array<float, math::kTilePixels> alpha_;
  kernels::BlendParams<float> forward_;
  kernels::BlendBackwardParams<float> backward_;
};

}  // namespace splat::bench
