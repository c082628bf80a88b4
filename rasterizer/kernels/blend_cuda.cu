// Blend on a card (docs/math.md, section 6).
#include "rasterizer/kernels/blend_cuda.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

// One block: one tile, 256 threads, one thread: one pixel. 12 KiB of shared memory hold 256 splats at a time; each warp
// takes those that reach its 8 x 4 pixels and leaves a splat before exp where it is not drawn. A warp stops alone when
// its pixels are opaque, the block when all are. No atomics.
__global__ void __launch_bounds__(kTileThreads) BlendKernel(BlendParams<float> params) {
  SPLAT_SHARED(StagedSplats, staged);
  const TilePixel pixel = PixelOfThread(params.width, params.height);
  const float x = float(pixel.x) + 0.5f, y = float(pixel.y) + 0.5f;
  float t = pixel.inside ? 1.0f : 0.0f;
  float red = 0, green = 0, blue = 0, depth = 0;
  bool warp_is_done = false;
  const int32_t begin = params.list.tile_begin[blockIdx.x], end = params.list.tile_begin[blockIdx.x + 1];
  for (int32_t first = begin; first < end; first += kTileThreads) {
    // Also keeps the staged splats until all warps are through with them.
    if (gpu::SyncBlockCount(t < float(math::kMinTransmittance)) == kTileThreads) break;
    const int count = end - first < kTileThreads ? end - first : kTileThreads;
    const int mine = int(threadIdx.x);
    if (mine < count) {
      StageSplat(params.projected.records + int64_t(kRecordSize) * params.list.entries[first + mine].splat, mine,
                 staged);
    }
    gpu::SyncBlock();
    for (int chunk = 0; chunk < count && !warp_is_done; chunk += gpu::kWarpSize) {
      for (unsigned left = SplatsOfPart(staged, chunk, count, pixel); left != 0; left &= left - 1) {
        const int k = chunk + gpu::LowestBit(left);
        const math::FoldedSplat<float> splat = StagedShape(staged, k);
        const float log2_alpha = math::Log2Alpha(splat, splat.mean.x - x, splat.mean.y - y);
        if (!math::IsDrawnByLog2(log2_alpha, t)) continue;
        const float alpha = math::ClampAlpha(gpu::Exp2Fast(log2_alpha)), weight = alpha * t;
        const float4 light = staged.light[k];
        red = MultiplyAdd(weight, light.x, red);
        green = MultiplyAdd(weight, light.y, green);
        blue = MultiplyAdd(weight, light.z, blue);
        depth = MultiplyAdd(weight, light.w, depth);
        t = math::TransmittanceBehind(alpha, t);
      }
      warp_is_done = gpu::AllOfWarp(t < float(math::kMinTransmittance));
    }
  }
  if (!pixel.inside) return;
  params.out.image[3 * pixel.index] = MultiplyAdd(t, params.background[0], red);
  params.out.image[3 * pixel.index + 1] = MultiplyAdd(t, params.background[1], green);
  params.out.image[3 * pixel.index + 2] = MultiplyAdd(t, params.background[2], blue);
  params.out.alpha[pixel.index] = 1.0f - t;
  params.out.depth[pixel.index] = depth;
}

}  // namespace

void Blend(const KernelContext& context, const BlendParams<float>& params) {
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  SPLAT_LAUNCH(context, BlendKernel, int64_t(grid.columns) * grid.rows, kTileThreads, params);
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
