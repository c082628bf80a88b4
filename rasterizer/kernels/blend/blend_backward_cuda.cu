// BlendBackward on a GPU (docs/math.md, section 7), in the family of sub-tile warps: every tile is replayed front to
// back, warps own parts of it, and each splat's sums over the tile go to its slot without atomics, so that equal inputs
// give equal bits.
#include "rasterizer/kernels/blend/blend_replay_cuda.cuh"
#include "rasterizer/kernels/blend/warp_reduce.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

// Splats between two barriers: a bit each in a word a warp.
constexpr int kRound = gpu::kWarpSize;

struct BackwardShared {
  StagedSplats staged;
  int slot[kTileThreads];
  // Two rounds' sums: while one is added up and stored, the warps fill the other.
  float sums[2][kTileWarps][kRound][kSlotSize];
  unsigned summed[2][kTileWarps];  // which splats of a round a warp has written sums of
};

// What the pixel brings along.
struct PixelState {
  PixelGrad grad;
  ReplayState at;
};

__device__ inline PixelState LoadPixel(const BlendBackwardParams<float>& params, const TilePixel& pixel) {
  if (!pixel.inside) return {};
  const PixelGrad grad = LoadPixelGrad(params.grad, pixel.index);
  return {grad, {1, LossOfFinalPixel(grad, params.forward.out, pixel.index)}};
}

// The pixel's part of the splat's slot; moves the pixel behind the splat. The splat is drawn.
template <bool kAbsMean>
__device__ inline void AddSplat(const math::FoldedSplat<float>& splat, const float4& light, Vec2<float> d,
                                float log2_alpha, PixelState& s, float (&values)[kReducedValues]) {
  const ReplayedSplat replayed = ReplaySplat<true>(light, log2_alpha, s.grad, s.at);
  const float weight = replayed.weight, v = replayed.v;
  values[kSlotColor] = weight * s.grad.red;
  values[kSlotColor + 1] = weight * s.grad.green;
  values[kSlotColor + 2] = weight * s.grad.blue;
  values[kSlotDepth] = weight * s.grad.depth;
  const float v_dx = v * d.x, v_dy = v * d.y;
  values[kSlotMoments] = v;
  values[kSlotMoments + 1] = v_dx;
  values[kSlotMoments + 2] = v_dy;
  values[kSlotMoments + 3] = v_dx * d.x;
  values[kSlotMoments + 4] = v_dx * d.y;
  values[kSlotMoments + 5] = v_dy * d.y;
  if (kAbsMean) {
    const Vec2<float> slope = math::Log2AlphaSlope(splat, d.x, d.y);
    values[kSlotAbsMean] = std::abs(v * slope.x) * float(math::kLn2);
    values[kSlotAbsMean + 1] = std::abs(v * slope.y) * float(math::kLn2);
  }
}

// The sums of one warp over the staged splats [first, first + kRound), each to its place in `sums`. Returns of which.
template <bool kAbsMean>
__device__ inline unsigned SumRoundOfWarp(const StagedSplats& staged, int first, int count, const TilePixel& pixel,
                                          PixelState& s, float (*sums)[kSlotSize]) {
  const float x = float(pixel.x) + 0.5f, y = float(pixel.y) + 0.5f;
  unsigned written = 0;
  for (unsigned left = SplatsOfPart(staged, first, count, pixel); left != 0; left &= left - 1) {
    const int bit = gpu::LowestBit(left);
    const math::FoldedSplat<float> splat = StagedShape(staged, first + bit);
    const Vec2<float> d = {splat.mean.x - x, splat.mean.y - y};
    const float log2_alpha = math::Log2Alpha(splat, d.x, d.y);
    const bool drawn = math::IsDrawnByLog2(log2_alpha, s.at.t);
    if (!gpu::AnyOfWarp(drawn)) continue;
    float values[kReducedValues] = {};
    if (drawn) AddSplat<kAbsMean>(splat, staged.light[first + bit], d, log2_alpha, s, values);
    const float total = WarpTransposedSum(values);
    const int lane = gpu::LaneIndex();
    if (lane % 2 == 0 && lane / 2 < kSlotSize) sums[bit][lane / 2] = total;
    written |= 1u << bit;
  }
  return written;
}

// Adds the warps' sums of a round, in the order of the warps, and stores them. Neighbouring threads store neighbouring
// numbers of a slot.
__device__ inline void StoreRound(const BackwardShared& shared, int buffer, int first, int count, float* slots) {
  const int splats = count - first < kRound ? count - first : kRound;
  for (int k = int(threadIdx.x); k < splats * kSlotSize; k += kTileThreads) {
    const int splat = k / kSlotSize, entry = k % kSlotSize;
    float sum = 0;
    for (int warp = 0; warp < kTileWarps; ++warp) {
      if ((shared.summed[buffer][warp] >> splat & 1) != 0) sum += shared.sums[buffer][warp][splat][entry];
    }
    slots[int64_t(shared.slot[first + splat]) * kSlotSize + entry] = sum;
  }
}

__device__ inline void ClearSlots(const TileListView& list, int32_t begin, int32_t end, float* slots) {
  for (int64_t k = threadIdx.x; k < int64_t(end - begin) * kSlotSize; k += kTileThreads) {
    slots[int64_t(list.entries[begin + k / kSlotSize].slot) * kSlotSize + k % kSlotSize] = 0;
  }
}

// One block: one tile, 256 threads, one thread: one pixel. 37 KiB of shared memory: 256 staged splats, and the warps'
// sums of two rounds of 32, so that one barrier a round is enough. No atomics.
template <bool kAbsMean>
__global__ void __launch_bounds__(kTileThreads) BlendBackwardKernel(BlendBackwardParams<float> params) {
  SPLAT_SHARED(BackwardShared, shared);
  const TilePixel pixel = PixelOfThread(params.forward.width, params.forward.height);
  PixelState s = LoadPixel(params, pixel);
  const TileListView& list = params.forward.list;
  const int32_t begin = list.tile_begin[blockIdx.x], end = list.tile_begin[blockIdx.x + 1];
  int buffer = 0;
  int32_t next = begin;
  for (; next < end; next += kTileThreads) {
    if (gpu::SyncBlockCount(s.at.t < float(math::kMinTransmittance)) == kTileThreads) break;
    const int count = end - next < kTileThreads ? end - next : kTileThreads;
    const int mine = int(threadIdx.x);
    if (mine < count) {
      const TileInstance entry = list.entries[next + mine];
      StageSplat(LoadRecord(params.forward.projected, entry.splat), mine, shared.staged);
      shared.slot[mine] = entry.slot;
    }
    gpu::SyncBlock();
    for (int first = 0; first < count; first += kRound) {
      const int warp = gpu::WarpIndex();
      const unsigned written =
          SumRoundOfWarp<kAbsMean>(shared.staged, first, count, pixel, s, shared.sums[buffer][warp]);
      if (gpu::LaneIndex() == 0) shared.summed[buffer][warp] = written;
      gpu::SyncBlock();
      StoreRound(shared, buffer, first, count, params.slots);
      buffer = 1 - buffer;
    }
  }
  ClearSlots(list, next < end ? next : end, end, params.slots);
}

}  // namespace

void BlendBackward(const KernelContext& context, const BlendBackwardParams<float>& params) {
  const math::TileGrid grid = math::TileGridOf(params.forward.width, params.forward.height);
  const int64_t tiles = int64_t(grid.columns) * grid.rows;
  if (params.abs_mean) {
    SPLAT_LAUNCH(context, BlendBackwardKernel<true>, tiles, kTileThreads, params);
  } else {
    SPLAT_LAUNCH(context, BlendBackwardKernel<false>, tiles, kTileThreads, params);
  }
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
