// What both passes of blending share on a card: how a tile is divided, and the splats staged in shared memory.
#pragma once

#include "core/gpu.cuh"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

constexpr int kTileThreads = math::kTilePixels;  // a thread a pixel
constexpr int kTileWarps = kTileThreads / gpu::kWarpSize;
// A warp owns a part of the tile: nearly square, so that few splats reach it.
constexpr int kPartColumns = 8, kPartRows = 4;
constexpr int kPartsAcross = math::kTileSize / kPartColumns;

// The pixel of a thread and the part of its warp, in pixels of the picture.
struct TilePixel {
  int x, y;
  int part_x, part_y;  // first pixel of the warp's part
  bool inside;         // of the picture
  int64_t index;       // of the pixel in the picture
};

__device__ inline TilePixel PixelOfThread(int width, int height) {
  const math::TileGrid grid = math::TileGridOf(width, height);
  const int tile = int(blockIdx.x), warp = gpu::WarpIndex(), lane = gpu::LaneIndex();
  TilePixel p;
  p.part_x = tile % grid.columns * math::kTileSize + warp % kPartsAcross * kPartColumns;
  p.part_y = tile / grid.columns * math::kTileSize + warp / kPartsAcross * kPartRows;
  p.x = p.part_x + lane % kPartColumns;
  p.y = p.part_y + lane / kPartColumns;
  p.inside = p.x < width && p.y < height;
  p.index = int64_t(p.y) * width + p.x;
  return p;
}

// Splats of a tile in shared memory, in the order of drawing.
struct StagedSplats {
  float4 place[kTileThreads];  // mean x, y; half extents x, y
  float4 shape[kTileThreads];  // FoldedSplat: conic xx, xy, yy; log2 of the opacity
  float4 light[kTileThreads];  // colour; depth
};

__device__ inline void StageSplat(const float* record, int place, StagedSplats& staged) {
  const math::FoldedSplat<float> folded = math::FoldSplat(BlendSplatOf(record));
  staged.place[place] = make_float4(folded.mean.x, folded.mean.y, record[kRecordHalf], record[kRecordHalf + 1]);
  staged.shape[place] = make_float4(folded.conic.xx, folded.conic.xy, folded.conic.yy, folded.log2_opacity);
  staged.light[place] =
      make_float4(record[kRecordColor], record[kRecordColor + 1], record[kRecordColor + 2], record[kRecordDepth]);
}

__device__ inline math::FoldedSplat<float> StagedShape(const StagedSplats& staged, int place) {
  const float4 a = staged.place[place], b = staged.shape[place];
  return {{a.x, a.y}, {b.x, b.y, b.z}, b.w};
}

// Which of the 32 staged splats from `first` on may be drawn in the warp's part: bit k for splat first + k. The
// ellipse's bounding box is tested against the closed rectangle of the part's pixel centres. Every lane of the warp
// calls it.
__device__ inline unsigned SplatsOfPart(const StagedSplats& staged, int first, int count, const TilePixel& pixel) {
  const int mine = first + gpu::LaneIndex();
  bool reaches = false;
  if (mine < count) {
    const float4 e = staged.place[mine];
    const float x0 = float(pixel.part_x) + 0.5f, y0 = float(pixel.part_y) + 0.5f;
    reaches = e.x + e.z >= x0 && e.x - e.z <= x0 + float(kPartColumns - 1) && e.y + e.w >= y0 &&
              e.y - e.w <= y0 + float(kPartRows - 1);
  }
  return gpu::Ballot(reaches);
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
