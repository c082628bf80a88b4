// BlendBackward on a GPU (docs/math.md, section 7): every tile is replayed front to back, warps own parts of it, and
// each splat's sums over the tile go to its slot without atomics, so that equal inputs give equal bits.
#include "core/constants.h"
#include "rasterizer/kernels/blend/blend_cuda.cuh"
#include "rasterizer/kernels/blend/warp_reduce.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

// Splats between two barriers: a bit each in a word a warp.
constexpr int kRound = gpu::kWarpSize;

// The sums that are wanted: a slot's entries without depth's where neither alpha nor depth has a gradient (kMaps), and
// without the last two where the absolute sums are not asked for.
template <bool kMaps, bool kAbsMean>
struct WantedSums {
  static constexpr int kMoments = kMaps ? kSlotMoments : kSlotDepth;
  static constexpr int kAbs = kMoments + kSlotAbsMean - kSlotMoments;
  static constexpr int kCount = kAbsMean ? kAbs + 2 : kAbs;

  // The number of the sum that goes to an entry of the slot; none is wanted where it is not in [0, kCount).
  __device__ static int OfEntry(int entry) {
    if (kMaps || entry < kSlotDepth) return entry;
    return entry == kSlotDepth ? -1 : entry - 1;
  }
};

template <class Wanted>
struct BackwardShared {
  StagedSplats staged;
  int slot[kTileThreads];
  // Two rounds' sums: while one is added up and stored, the warps fill the other.
  float sums[2][kTileWarps][kRound][Wanted::kCount];
  unsigned summed[2][kTileWarps];  // which splats of a round a warp has written sums of
};

using PixelGrad = math::PixelGrad<float>;

__device__ inline PixelGrad LoadPixelGrad(const PixelsGradView<float>& grad, int64_t pixel) {
  PixelGrad g{};
  g.red = grad.image[3 * pixel];
  g.green = grad.image[3 * pixel + 1];
  g.blue = grad.image[3 * pixel + 2];
  if (grad.alpha) g.alpha = grad.alpha[pixel];
  if (grad.depth) g.depth = grad.depth[pixel];
  return g;
}

// gradient . final pixel
__device__ inline float LossOfFinalPixel(const PixelGrad& g, const PixelsView<float>& pixels, int64_t pixel) {
  const float* image = pixels.image + 3 * pixel;
  const float depth = pixels.depth ? pixels.depth[pixel] : 0;
  return math::LossOfPixel<true>(g, {image[0], image[1], image[2]}, pixels.alpha[pixel], depth);
}

// Where a pixel stands between two splats: transmittance; gradient . (final pixel - composited so far).
struct ReplayState {
  float t, behind;
};

// A splat's part at one pixel: the weight of its light, and alpha dL/dalpha, 0 where alpha is clamped.
struct ReplayedSplat {
  float weight, v;
};

// Moves the pixel behind the splat, which is drawn. light: colour; depth. kMaps: whether alpha and depth have
// gradients; without, theirs are 0.
template <bool kMaps>
__device__ inline ReplayedSplat ReplaySplat(const float4& light, float log2_alpha, const PixelGrad& g, ReplayState& s) {
  const float raw = gpu::Exp2Fast(log2_alpha), alpha = math::ClampAlpha(raw), weight = alpha * s.t;
  const float loss = math::LossOfSplat<kMaps>(g, {light.x, light.y, light.z}, light.w);
  s.behind = math::LossBehind(s.behind, weight, loss);
  const float share = s.behind * gpu::ReciprocalFast(1.0f - alpha);
  const float v = math::LogAlphaGrad(raw, math::AlphaGradOfShare(s.t, loss, share));
  s.t = math::TransmittanceBehind(alpha, s.t);
  return {weight, v};
}

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

// The pixel's part of the wanted sums; moves the pixel behind the splat. The splat is drawn. d: dx and the offset
// across, as Log2Alpha takes them.
template <bool kMaps, bool kAbsMean, int kCount>
__device__ inline void AddSplat(const math::FoldedSplat<float>& splat, const float4& light, Vec2<float> d,
                                float log2_alpha, PixelState& s, float (&values)[kCount]) {
  using Wanted = WantedSums<kMaps, kAbsMean>;
  static_assert(kCount == Wanted::kCount, "one value for each wanted sum");
  const ReplayedSplat replayed = ReplaySplat<kMaps>(light, log2_alpha, s.grad, s.at);
  const float weight = replayed.weight, v = replayed.v;
  values[kSlotColor] = weight * s.grad.red;
  values[kSlotColor + 1] = weight * s.grad.green;
  values[kSlotColor + 2] = weight * s.grad.blue;
  if constexpr (kMaps) values[kSlotDepth] = weight * s.grad.depth;
  const float v_dx = v * d.x, v_w = v * d.y;
  values[Wanted::kMoments] = v;
  values[Wanted::kMoments + 1] = v_dx;
  values[Wanted::kMoments + 2] = v_w;
  values[Wanted::kMoments + 3] = v_dx * d.x;
  values[Wanted::kMoments + 4] = v_dx * d.y;
  values[Wanted::kMoments + 5] = v_w * d.y;
  if constexpr (kAbsMean) {
    const Vec2<float> slope = math::Log2AlphaSlope(splat, d.x, d.y);
    values[Wanted::kAbs] = std::abs(v * slope.x) * float(kLn2);
    values[Wanted::kAbs + 1] = std::abs(v * slope.y) * float(kLn2);
  }
}

// The sums of one warp over the staged splats [first, first + kRound), each to its place in `sums`. Returns of which.
template <bool kMaps, bool kAbsMean, int kCount>
__device__ inline unsigned SumRoundOfWarp(const StagedSplats& staged, int first, int count, const TilePixel& pixel,
                                          PixelState& s, float (*sums)[kCount]) {
  if (gpu::AllOfWarp(s.at.t < float(math::kMinTransmittance))) return 0;
  const int mine = ValueOfLane<kCount>(gpu::LaneIndex());
  const float x = float(pixel.x) + 0.5f, y = float(pixel.y) + 0.5f;
  unsigned written = 0;
  for (unsigned left = SplatsOfPart(staged, first, count, pixel); left != 0; left &= left - 1) {
    const int bit = gpu::LowestBit(left);
    const math::FoldedSplat<float> splat = StagedShape(staged, first + bit);
    const float dx = splat.mean.x - x, offset = math::OffsetAcross(splat, dx, y);
    const float log2_alpha = math::Log2Alpha(splat, dx, offset);
    const bool drawn = math::IsDrawnByLog2(log2_alpha, s.at.t);
    if (!gpu::AnyOfWarp(drawn)) continue;
    float values[kCount] = {};
    if (drawn) AddSplat<kMaps, kAbsMean>(splat, staged.light[first + bit], {dx, offset}, log2_alpha, s, values);
    const float total = WarpTransposedSum(values);
    if (mine >= 0) sums[bit][mine] = total;
    written |= 1u << bit;
  }
  return written;
}

// Adds the warps' sums of a round, in the order of the warps, and stores them. Neighbouring threads store neighbouring
// numbers of a slot.
template <class Wanted>
__device__ inline void StoreRound(const BackwardShared<Wanted>& shared, int buffer, int first, int count,
                                  float* slots) {
  const int splats = count - first < kRound ? count - first : kRound;
  for (int k = int(threadIdx.x); k < splats * kSlotSize; k += kTileThreads) {
    const int splat = k / kSlotSize, entry = k % kSlotSize, number = Wanted::OfEntry(entry);
    float sum = 0;
    if (number >= 0 && number < Wanted::kCount) {
      for (int warp = 0; warp < kTileWarps; ++warp) {
        if ((shared.summed[buffer][warp] >> splat & 1) != 0) sum += shared.sums[buffer][warp][splat][number];
      }
    }
    slots[int64_t(shared.slot[first + splat]) * kSlotSize + entry] = sum;
  }
}

__device__ inline void ClearSlots(const TileListView& list, int32_t begin, int32_t end, float* slots) {
  for (int64_t k = threadIdx.x; k < int64_t(end - begin) * kSlotSize; k += kTileThreads) {
    slots[int64_t(list.entries[begin + k / kSlotSize].slot) * kSlotSize + k % kSlotSize] = 0;
  }
}

// One block: one tile, 256 threads, one thread: one pixel. 31 to 37 KiB of shared memory: 256 staged splats, and the
// warps' sums of two rounds of 32, so that one barrier a round is enough. No atomics.
template <bool kMaps, bool kAbsMean>
__global__ void __launch_bounds__(kTileThreads) BlendBackwardKernel(BlendBackwardParams<float> params) {
  using Wanted = WantedSums<kMaps, kAbsMean>;
  SPLAT_SHARED(BackwardShared<Wanted>, shared);
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
          SumRoundOfWarp<kMaps, kAbsMean>(shared.staged, first, count, pixel, s, shared.sums[buffer][warp]);
      if (gpu::LaneIndex() == 0) shared.summed[buffer][warp] = written;
      gpu::SyncBlock();
      StoreRound(shared, buffer, first, count, params.slots);
      buffer = 1 - buffer;
    }
  }
  ClearSlots(list, next < end ? next : end, end, params.slots);
}

template <bool kMaps>
void LaunchBackward(const KernelContext& context, const BlendBackwardParams<float>& params) {
  const math::TileGrid grid = math::TileGridOf(params.forward.width, params.forward.height);
  const int64_t tiles = int64_t(grid.columns) * grid.rows;
  if (params.abs_mean) {
    SPLAT_LAUNCH(context, (BlendBackwardKernel<kMaps, true>), tiles, kTileThreads, params);
  } else {
    SPLAT_LAUNCH(context, (BlendBackwardKernel<kMaps, false>), tiles, kTileThreads, params);
  }
}

}  // namespace

void BlendBackward(const KernelContext& context, const BlendBackwardParams<float>& params) {
  if (params.grad.alpha || params.grad.depth) {
    LaunchBackward<true>(context, params);
  } else {
    LaunchBackward<false>(context, params);
  }
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
