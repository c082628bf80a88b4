// Blend on a GPU (docs/math.md, section 6).
#include "rasterizer/kernels/blend/blend_cuda.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

// A pixel during the walk: transmittance, and what is composited so far.
struct Composited {
  float t, red, green, blue, depth;
};

__device__ inline void StorePixel(const BlendParams<float>& params, const Composited& s, int64_t pixel) {
  params.out.image[3 * pixel] = MultiplyAdd(s.t, params.background[0], s.red);
  params.out.image[3 * pixel + 1] = MultiplyAdd(s.t, params.background[1], s.green);
  params.out.image[3 * pixel + 2] = MultiplyAdd(s.t, params.background[2], s.blue);
  params.out.alpha[pixel] = 1.0f - s.t;
  if (params.out.depth) params.out.depth[pixel] = s.depth;
}

// One block: one tile, 256 threads, one thread: one pixel. 12 KiB of shared memory hold 256 splats at a time; each warp
// takes those that reach its 8 x 4 pixels and leaves a splat before exp where it is not drawn. A warp stops alone when
// its pixels are opaque, the block when all are. No atomics.
__global__ void __launch_bounds__(kTileThreads) BlendKernel(BlendParams<float> params) {
  SPLAT_SHARED(StagedSplats, staged);
  const TilePixel pixel = PixelOfThread(params.width, params.height);
  const float x = float(pixel.x) + 0.5f, y = float(pixel.y) + 0.5f;
  Composited s = {pixel.inside ? 1.0f : 0.0f, 0, 0, 0, 0};
  bool warp_is_done = false;
  const int32_t begin = params.list.tile_begin[blockIdx.x], end = params.list.tile_begin[blockIdx.x + 1];
  for (int32_t first = begin; first < end; first += kTileThreads) {
    // This barrier also keeps the staged splats until all warps are through with them.
    if (gpu::SyncBlockCount(s.t < float(math::kMinTransmittance)) == kTileThreads) break;
    const int count = end - first < kTileThreads ? end - first : kTileThreads;
    const int mine = int(threadIdx.x);
    if (mine < count) {
      StageSplat(LoadRecord(params.projected, params.list.entries[first + mine].splat), mine, staged);
    }
    gpu::SyncBlock();
    for (int chunk = 0; chunk < count && !warp_is_done; chunk += gpu::kWarpSize) {
      for (unsigned left = SplatsOfPart(staged, chunk, count, pixel); left != 0; left &= left - 1) {
        const int k = chunk + gpu::LowestBit(left);
        const math::FoldedSplat<float> splat = StagedShape(staged, k);
        const float dx = splat.mean.x - x;
        const float log2_alpha = math::Log2Alpha(splat, dx, math::OffsetAcross(splat, dx, y));
        if (!math::IsDrawnByLog2(log2_alpha, s.t)) continue;
        const float alpha = math::ClampAlpha(gpu::Exp2Fast(log2_alpha)), weight = alpha * s.t;
        const float4 light = staged.light[k];
        s.red = MultiplyAdd(weight, light.x, s.red);
        s.green = MultiplyAdd(weight, light.y, s.green);
        s.blue = MultiplyAdd(weight, light.z, s.blue);
        s.depth = MultiplyAdd(weight, light.w, s.depth);
        s.t = math::TransmittanceBehind(alpha, s.t);
      }
      warp_is_done = gpu::AllOfWarp(s.t < float(math::kMinTransmittance));
    }
  }
  if (pixel.inside) StorePixel(params, s, pixel.index);
}

}  // namespace

void Blend(const KernelContext& context, const BlendParams<float>& params) {
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  const int64_t tiles = int64_t(grid.columns) * grid.rows;
  SPLAT_LAUNCH(context, BlendKernel, tiles, kTileThreads, params);
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
