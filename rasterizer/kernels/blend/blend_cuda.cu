// Blend on a GPU (docs/math.md, section 6).
#include "rasterizer/kernels/blend/blend_cuda.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

// A pixel during the walk: transmittance, and what is composited so far.
struct Composited {
  float t, red, green, blue, depth;
};

// The pixel's entries of a checkpoint [kCheckpointSize, kTilePixels]; a warp writes whole lines of memory. Of an opaque
// pixel the transmittance says that nothing else is needed.
__device__ inline void StoreCheckpoint(const Composited& s, bool opaque, float* checkpoint) {
  float* mine = checkpoint + threadIdx.x;
  mine[kCheckpointTransmittance * kTileThreads] = s.t;
  if (opaque) return;
  mine[kCheckpointColor * kTileThreads] = s.red;
  mine[(kCheckpointColor + 1) * kTileThreads] = s.green;
  mine[(kCheckpointColor + 2) * kTileThreads] = s.blue;
  mine[kCheckpointDepth * kTileThreads] = s.depth;
}

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
template <bool kCheckpoints>
__global__ void __launch_bounds__(kTileThreads) BlendKernel(BlendParams<float> params) {
  SPLAT_SHARED(StagedSplats, staged);
  const TilePixel pixel = PixelOfThread(params.width, params.height);
  const float x = float(pixel.x) + 0.5f, y = float(pixel.y) + 0.5f;
  Composited s = {pixel.inside ? 1.0f : 0.0f, 0, 0, 0, 0};
  bool warp_is_done = false;
  const int32_t begin = params.list.tile_begin[blockIdx.x], end = params.list.tile_begin[blockIdx.x + 1];
  int32_t first = begin;
  for (; first < end; first += kTileThreads) {
    // Also keeps the staged splats until all warps are through with them.
    if (gpu::SyncBlockCount(s.t < float(math::kMinTransmittance)) == kTileThreads) break;
    const int count = end - first < kTileThreads ? end - first : kTileThreads;
    const int mine = int(threadIdx.x);
    if (mine < count) {
      StageSplat(LoadRecord(params.projected, params.list.entries[first + mine].splat), mine, staged);
    }
    gpu::SyncBlock();
    for (int chunk = 0; chunk < count && (kCheckpoints || !warp_is_done); chunk += kBucketSize) {
      if (kCheckpoints) {
        const int64_t bucket = PlaceOfList(begin, int(blockIdx.x), kBucketSize) + (first - begin + chunk) / kBucketSize;
        StoreCheckpoint(s, warp_is_done, params.checkpoints.values + bucket * (kCheckpointSize * kTileThreads));
        if (warp_is_done) continue;
      }
      for (unsigned left = SplatsOfPart(staged, chunk, count, pixel); left != 0; left &= left - 1) {
        const int k = chunk + gpu::LowestBit(left);
        const math::FoldedSplat<float> splat = StagedShape(staged, k);
        const float log2_alpha = math::Log2Alpha(splat, splat.mean.x - x, splat.mean.y - y);
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
  if (kCheckpoints && threadIdx.x == 0) {
    const int32_t walked = (first < end ? first : end) - begin;
    params.checkpoints.walked[blockIdx.x] = int32_t(gpu::BlocksFor(walked, kBucketSize));
  }
  if (pixel.inside && params.out.image) StorePixel(params, s, pixel.index);
}

}  // namespace

void Blend(const KernelContext& context, const BlendParams<float>& params) {
  static_assert(kBucketSize == gpu::kWarpSize, "a checkpoint stands before the splats that a warp takes at a time");
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  const int64_t tiles = int64_t(grid.columns) * grid.rows;
  if (params.checkpoints.values) {
    SPLAT_LAUNCH(context, BlendKernel<true>, tiles, kTileThreads, params);
  } else {
    SPLAT_LAUNCH(context, BlendKernel<false>, tiles, kTileThreads, params);
  }
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
