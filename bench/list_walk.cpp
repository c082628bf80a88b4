#include "bench/list_walk.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "rasterizer/kernels/records.h"
#include "rasterizer/math/tiles.h"

namespace splat::bench {
namespace {

using math::kTilePixels;
using math::kTileSize;

constexpr int kBlockWidth = 8, kBlockHeight = 4;  // the pixels of a warp of the kernels for a GPU

// The pixels of one tile that the image has, and their state.
class TilePixels {
 public:
  TilePixels(const ListWalkInput& input, int tile) {
    const int columns = math::TileGridOf(input.width, input.height).columns;
    left_ = tile % columns * kTileSize;
    top_ = tile / columns * kTileSize;
    width_ = std::min(kTileSize, input.width - left_);
    height_ = std::min(kTileSize, input.height - top_);
    transmittance_.fill(1);
  }

  bool AllOpaque() const { return BlockIsOpaque(0, 0, kTileSize, kTileSize); }

  void Draw(const float* record, ListWalk& walk) {
    const math::BlendSplat<float> splat = kernels::BlendSplatOf(record);
    for (int y = 0; y < height_; y += kBlockHeight) {
      for (int x = 0; x < width_; x += kBlockWidth) {
        if (!BoundsMeet(record, x, y) || BlockIsOpaque(x, y, kBlockWidth, kBlockHeight)) continue;
        walk.tested += kBlockWidth * kBlockHeight;
        const int drawn = DrawBlock(splat, x, y);
        walk.contributing += drawn;
        walk.live_warps += int(drawn > 0);
      }
    }
  }

 private:
  bool BlockIsOpaque(int x0, int y0, int width, int height) const {
    for (int y = y0; y < std::min(height_, y0 + height); ++y) {
      for (int x = x0; x < std::min(width_, x0 + width); ++x) {
        if (transmittance_[size_t(y * kTileSize + x)] >= float(math::kMinTransmittance)) return false;
      }
    }
    return true;
  }

  bool BoundsMeet(const float* record, int x, int y) const {
    const math::TileEllipse<float> ellipse = kernels::EllipseOf(record);
    return math::BoundsMeetPixels(ellipse.mean, ellipse.half, {left_ + x, top_ + y}, kBlockWidth, kBlockHeight);
  }

  int DrawBlock(const math::BlendSplat<float>& splat, int x0, int y0) {
    int drawn = 0;
    for (int y = y0; y < std::min(height_, y0 + kBlockHeight); ++y) {
      for (int x = x0; x < std::min(width_, x0 + kBlockWidth); ++x) {
        float& t = transmittance_[size_t(y * kTileSize + x)];
        const float alpha =
            math::SplatAlpha(splat, splat.mean.x - (float(left_ + x) + 0.5f), splat.mean.y - (float(top_ + y) + 0.5f));
        if (!math::IsDrawn(alpha, t)) continue;
        t = math::TransmittanceBehind(math::ClampAlpha(alpha), t);
        ++drawn;
      }
    }
    return drawn;
  }

  int left_ = 0, top_ = 0, width_ = 0, height_ = 0;
  std::array<float, kTilePixels> transmittance_;
};

ListWalk WalkTile(const ListWalkInput& input, int tile) {
  ListWalk walk;
  TilePixels pixels(input, tile);
  for (int32_t entry = input.tile_begin[tile]; entry < input.tile_begin[tile + 1] && !pixels.AllOpaque(); ++entry) {
    ++walk.walked;
    pixels.Draw(input.records + int64_t(kernels::kRecordSize) * input.entries[entry].splat, walk);
  }
  return walk;
}

}  // namespace

ListWalk WalkLists(const ListWalkInput& input, Executor& executor) {
  const math::TileGrid grid = math::TileGridOf(input.width, input.height);
  const int tiles = grid.columns * grid.rows, sampled = std::clamp(input.sampled_tiles, 1, tiles);
  const auto tile_of = [&](int64_t sample) { return int(sample * tiles / sampled); };
  std::vector<ListWalk> parts(static_cast<size_t>(sampled));
  executor.Run(sampled, [&](int64_t i) { parts[size_t(i)] = WalkTile(input, tile_of(i)); });
  ListWalk sum;
  double entries = 0;
  for (int i = 0; i < sampled; ++i) {
    const ListWalk& part = parts[size_t(i)];
    sum.walked += part.walked;
    sum.contributing += part.contributing;
    sum.tested += part.tested;
    sum.live_warps += part.live_warps;
    entries += input.tile_begin[tile_of(i) + 1] - input.tile_begin[tile_of(i)];
  }
  const double factor = entries > 0 ? double(input.tile_begin[tiles]) / entries : 0.0;
  return {sum.walked * factor, sum.contributing * factor, sum.tested * factor, sum.live_warps * factor};
}

}  // namespace splat::bench
