// Both passes of blending share this code on a GPU: how a tile is divided, and how splats are staged in shared memory.
#pragma once

#include "core/gpu.cuh"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/math/tiles.h"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

constexpr int kTileThreads = math::kTilePixels;  // a thread a pixel
constexpr int kTileWarps = kTileThreads / gpu::kWarpSize;
// A warp owns a part of the tile: nearly square, so that few splats reach it.
constexpr int kPartColumns = 8, kPartRows = 4;
constexpr int kPartsAcross = math::kTileSize / kPartColumns;

// The pixel of a thread and the part of its warp, in pixels of the image.
struct TilePixel {
  int x, y;
  int part_x, part_y;  // first pixel of the warp's part
  bool inside;         // of the image
  int64_t index;       // of the pixel in the image
};

// The block is a tile, with a thread for each of its pixels.
__device__ inline TilePixel PixelOfThread(int width, int height) {
  const math::TileGrid grid = math::TileGridOf(width, height);
  const int tile = int(blockIdx.x), part = gpu::WarpIndex(), lane = gpu::LaneIndex();
  TilePixel p;
  p.part_x = tile % grid.columns * math::kTileSize + part % kPartsAcross * kPartColumns;
  p.part_y = tile / grid.columns * math::kTileSize + part / kPartsAcross * kPartRows;
  p.x = p.part_x + lane % kPartColumns;
  p.y = p.part_y + lane / kPartColumns;
  p.inside = p.x < width && p.y < height;
  p.index = int64_t(p.y) * width + p.x;
  return p;
}

// Splats of a tile in shared memory, in the order of drawing.
struct StagedSplats {
  float4 place[kTileThreads];  // mean x, y; half extents x, y
  float4 shape[kTileThreads];  // FoldedSplat: across, shear, along; log2 of the opacity
  float4 light[kTileThreads];  // colour; depth
};

// A record in registers, by three wide loads: records are 48 bytes from an aligned start.
struct LoadedRecord {
  float at[kRecordSize];
};
__device__ inline LoadedRecord LoadRecord(const ProjectedView<float>& projected, int32_t splat) {
  static_assert(kRecordSize == 12, "three float4");
  const float4* from = reinterpret_cast<const float4*>(projected.records + int64_t(kRecordSize) * splat);
  const float4 a = from[0], b = from[1], c = from[2];
  return {{a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w, c.x, c.y, c.z, c.w}};
}

__device__ inline void StageSplat(const LoadedRecord& loaded, int place, StagedSplats& staged) {
  const float* record = loaded.at;
  const math::FoldedSplat<float> folded = math::FoldSplat(BlendSplatOf(record), record[kRecordHalf]);
  staged.place[place] = make_float4(folded.mean.x, folded.mean.y, record[kRecordHalf], record[kRecordHalf + 1]);
  staged.shape[place] = make_float4(folded.across, folded.shear, folded.along, folded.log2_opacity);
  staged.light[place] =
      make_float4(record[kRecordColor], record[kRecordColor + 1], record[kRecordColor + 2], record[kRecordDepth]);
}

__device__ inline math::FoldedSplat<float> StagedShape(const StagedSplats& staged, int place) {
  const float4 a = staged.place[place], b = staged.shape[place];
  return {{a.x, a.y}, b.x, b.y, b.z, b.w};
}

// Whether a splat may be drawn in the part of the tile that begins at pixel (part_x, part_y), by the ellipse's bounding
// box. place: mean x, y; half extents x, y.
__device__ inline bool ReachesPart(const float4& place, int part_x, int part_y) {
  return math::BoundsMeetPixels({place.x, place.y}, {place.z, place.w}, {part_x, part_y}, kPartColumns, kPartRows);
}

// Which of the 32 staged splats from `first` on may be drawn in the warp's part: bit k for splat first + k. Every lane
// of the warp calls it.
__device__ inline unsigned SplatsOfPart(const StagedSplats& staged, int first, int count, const TilePixel& pixel) {
  const int mine = first + gpu::LaneIndex();
  return gpu::Ballot(mine < count && ReachesPart(staged.place[mine], pixel.part_x, pixel.part_y));
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
