// BlendBackward on a GPU (docs/math.md, section 7), in the family of buckets (after Mallick et al. 2024, "Taming
// 3DGS"): a warp owns 32 consecutive entries of a tile's list, a lane each, and the tile's pixels pass through the
// lanes in the order of drawing. A lane adds up its splat's sums in registers and stores them to the splat's slot: no
// reduction and no atomics, and equal inputs give equal bits. The warp starts from the checkpoint that Blend has left
// before its bucket, so a long list spreads over the GPU.
//
// When timing: with the caller's checkpoints Blend takes longer, which counts against this family; without them (null)
// the time of this function includes a whole forward pass, which no training needs.
#include "rasterizer/kernels/blend/blend_replay_cuda.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

// A block is a group of buckets of one tile, a warp a bucket: enough to share the staged pixels, few enough that the
// last group of a list idles little.
constexpr int kGroupBuckets = 4;
constexpr int kGroupEntries = kGroupBuckets * kBucketSize;
constexpr int kGroupThreads = kGroupBuckets * gpu::kWarpSize;
static_assert(kBucketSize == gpu::kWarpSize, "a lane is an entry");

// The tile's pixels, by thread of Blend. What a step needs of a pixel besides its state is read from here and does not
// travel: a float4 is one instruction, and only for lanes that draw, where shuffles would be three to five for all.
struct StagedPixels {
  float4 light[kTileThreads];  // dL/d red, green, blue; depth
  float2 centre[kTileThreads];
  float alpha[kTileThreads];  // dL/dalpha
  float loss[kTileThreads];   // gradient . final pixel
};

// The pixels that a warp passes through its lanes.
struct LivePixels {
  ReplayState state[kTileThreads];  // before the bucket
  uint8_t place[kTileThreads];      // in StagedPixels
};
static_assert(kTileThreads <= 256, "a place is a byte");

struct GroupShared {
  StagedPixels pixels;
  LivePixels live[kGroupBuckets];
};

// A lane's entry. Without one nothing is drawn.
struct LaneSplat {
  math::FoldedSplat<float> shape;
  float4 light;    // colour; depth
  unsigned parts;  // bit k: may be drawn in part k of the tile, as Blend decides it
  int32_t slot;
};

// The last tile whose places begin at `place` or before, by bisection in 32 parts: places of kGroupEntries each.
__device__ inline int TileOfPlace(const int32_t* tile_begin, int tiles, int64_t place) {
  int first = 0, count = tiles;
  while (count > 1) {
    const int step = (count + gpu::kWarpSize - 1) / gpu::kWarpSize, offset = gpu::LaneIndex() * step;
    const bool before =
        offset < count && PlaceOfList(tile_begin[first + offset], first + offset, kGroupEntries) <= place;
    const int passed = (gpu::PopCount(gpu::Ballot(before)) - 1) * step;
    first += passed;
    count = count - passed < step ? count - passed : step;
  }
  return first;
}

__device__ inline void StagePixels(const BlendBackwardParams<float>& params, int tile, StagedPixels& pixels) {
  for (int place = int(threadIdx.x); place < kTileThreads; place += kGroupThreads) {
    const TilePixel pixel = PixelOfTile(tile, place, params.forward.width, params.forward.height);
    pixels.centre[place] = make_float2(float(pixel.x) + 0.5f, float(pixel.y) + 0.5f);
    if (!pixel.inside) continue;  // its transmittance is 0
    const PixelGrad grad = LoadPixelGrad(params.grad, pixel.index);
    pixels.light[place] = make_float4(grad.red, grad.green, grad.blue, grad.depth);
    pixels.alpha[place] = grad.alpha;
    pixels.loss[place] = LossOfFinalPixel(grad, params.forward.out, pixel.index);
  }
}

__device__ inline LaneSplat LoadSplatOfLane(const BlendParams<float>& params, int tile, const TileInstance& entry) {
  const LoadedRecord loaded = LoadRecord(params.projected, entry.splat);
  const float* record = loaded.at;
  LaneSplat splat{};
  splat.shape = math::FoldSplat(BlendSplatOf(record));
  splat.light =
      make_float4(record[kRecordColor], record[kRecordColor + 1], record[kRecordColor + 2], record[kRecordDepth]);
  splat.slot = entry.slot;
  const float4 box = make_float4(splat.shape.mean.x, splat.shape.mean.y, record[kRecordHalf], record[kRecordHalf + 1]);
  SPLAT_UNROLL
  for (int part = 0; part < kTileWarps; ++part) {
    const TilePixel pixel = PixelOfTile(tile, part * gpu::kWarpSize, params.width, params.height);
    splat.parts |= unsigned(ReachesPart(box, pixel.part_x, pixel.part_y)) << part;
  }
  return splat;
}

// Collects the pixels that still take splats, of the parts that a splat of the bucket reaches, with their state at the
// bucket's checkpoint [kCheckpointSize, kTilePixels]. Returns their number.
template <bool kMaps>
__device__ inline int GatherLivePixels(const float* checkpoint, unsigned parts, const StagedPixels& pixels,
                                       LivePixels& live) {
  int count = 0;
  for (int part = 0; part < kTileWarps; ++part) {
    if (!gpu::AnyOfWarp((parts >> part & 1) != 0)) continue;
    const int place = part * gpu::kWarpSize + gpu::LaneIndex();
    const float* at = checkpoint + place;
    const float t = at[kCheckpointTransmittance * kTileThreads];
    const bool alive = t >= float(math::kMinTransmittance);
    const unsigned mask = gpu::Ballot(alive);
    if (alive) {
      const float4 g = pixels.light[place];
      const Vec3<float> color = {at[kCheckpointColor * kTileThreads], at[(kCheckpointColor + 1) * kTileThreads],
                                 at[(kCheckpointColor + 2) * kTileThreads]};
      const PixelGrad grad = {g.x, g.y, g.z, kMaps ? pixels.alpha[place] : 0.0f, g.w};
      const float composited =
          math::LossOfPixel<kMaps>(grad, color, 1.0f - t, kMaps ? at[kCheckpointDepth * kTileThreads] : 0.0f);
      const int k = count + gpu::PopCount(mask & ((1u << gpu::LaneIndex()) - 1));
      live.state[k] = {t, pixels.loss[place] - composited};
      live.place[k] = uint8_t(place);
    }
    count += gpu::PopCount(mask);
  }
  gpu::SyncWarp();
  return count;
}

// Adds the part of one pixel, where the splat is drawn, to the splat's sums.
template <bool kMaps, bool kAbsMean>
__device__ inline void AddPixel(const LaneSplat& splat, const PixelGrad& g, Vec2<float> d, const ReplayedSplat& part,
                                float (&sums)[kSlotSize]) {
  sums[kSlotColor] = MultiplyAdd(part.weight, g.red, sums[kSlotColor]);
  sums[kSlotColor + 1] = MultiplyAdd(part.weight, g.green, sums[kSlotColor + 1]);
  sums[kSlotColor + 2] = MultiplyAdd(part.weight, g.blue, sums[kSlotColor + 2]);
  if (kMaps) sums[kSlotDepth] = MultiplyAdd(part.weight, g.depth, sums[kSlotDepth]);
  const float v = part.v, v_dx = v * d.x, v_dy = v * d.y;
  sums[kSlotMoments] += v;
  sums[kSlotMoments + 1] += v_dx;
  sums[kSlotMoments + 2] += v_dy;
  sums[kSlotMoments + 3] = MultiplyAdd(v_dx, d.x, sums[kSlotMoments + 3]);
  sums[kSlotMoments + 4] = MultiplyAdd(v_dx, d.y, sums[kSlotMoments + 4]);
  sums[kSlotMoments + 5] = MultiplyAdd(v_dy, d.y, sums[kSlotMoments + 5]);
  if (kAbsMean) {
    const Vec2<float> slope = math::Log2AlphaSlope(splat.shape, d.x, d.y);
    sums[kSlotAbsMean] += std::abs(v * slope.x);
    sums[kSlotAbsMean + 1] += std::abs(v * slope.y);
  }
}

// Pixel k enters lane 0 at step k and is at lane l at step k + l, so that each pixel meets the splats front to back,
// and each lane meets the pixels in their order. Only the pixel's state travels.
template <bool kMaps, bool kAbsMean>
__device__ inline void SumBucket(const LaneSplat& splat, int entries, const StagedPixels& pixels,
                                 const LivePixels& live, int live_count, float (&sums)[kSlotSize]) {
  const int steps = live_count > 0 ? live_count + entries - 1 : 0;
  ReplayState s{};
  for (int step = 0; step < steps; ++step) {
    s.t = gpu::ShuffleUp(s.t, 1);
    s.behind = gpu::ShuffleUp(s.behind, 1);
    const int k = step - gpu::LaneIndex();
    if (k < 0 || k >= live_count) continue;
    if (gpu::LaneIndex() == 0) s = live.state[k];
    const int place = live.place[k];
    const float2 centre = pixels.centre[place];
    const Vec2<float> d = {splat.shape.mean.x - centre.x, splat.shape.mean.y - centre.y};
    const float log2_alpha = math::Log2Alpha(splat.shape, d.x, d.y);
    const bool reached = (splat.parts >> (place / gpu::kWarpSize) & 1) != 0;
    if (!(reached & math::IsDrawnByLog2(log2_alpha, s.t))) continue;
    const float4 g = pixels.light[place];
    const PixelGrad grad = {g.x, g.y, g.z, kMaps ? pixels.alpha[place] : 0.0f, g.w};
    AddPixel<kMaps, kAbsMean>(splat, grad, d, ReplaySplat<kMaps>(splat.light, log2_alpha, grad, s), sums);
  }
  sums[kSlotAbsMean] *= float(math::kLn2);
  sums[kSlotAbsMean + 1] *= float(math::kLn2);
}

__device__ inline void StoreSlot(const float (&sums)[kSlotSize], float* slot) {
  static_assert(kSlotSize == 12, "three float4");
  float4* to = reinterpret_cast<float4*>(slot);  // slots are 48 bytes from an aligned start
  to[0] = make_float4(sums[0], sums[1], sums[2], sums[3]);
  to[1] = make_float4(sums[4], sums[5], sums[6], sums[7]);
  to[2] = make_float4(sums[8], sums[9], sums[10], sums[11]);
}

// One block: up to kGroupBuckets buckets of one tile, a warp each, a lane an entry; the grid has PlacesOfLists, of
// which some are not needed. 17 KiB of shared memory: the tile's pixels, and each warp's live ones. Every entry's slot
// is written, of buckets that no pixel reached with 0. The chain from step to step (a shuffle, and the state's
// arithmetic) is hidden by the other warps only, so registers are kept for several blocks. No atomics.
template <bool kMaps, bool kAbsMean>
__global__ void __launch_bounds__(kGroupThreads)
    BlendBackwardBucketKernel(BlendBackwardParams<float> params, int tiles) {
  SPLAT_SHARED(GroupShared, shared);
  const TileListView& list = params.forward.list;
  const CheckpointsView<float>& checkpoints = params.forward.checkpoints;
  const int tile = TileOfPlace(list.tile_begin, tiles, blockIdx.x);
  const int32_t begin = list.tile_begin[tile], end = list.tile_begin[tile + 1];
  const int warp = gpu::WarpIndex(), lane = gpu::LaneIndex();
  const int64_t group = int64_t(blockIdx.x) - PlaceOfList(begin, tile, kGroupEntries);
  if (group * kGroupEntries >= end - begin) return;  // a place that the tile does not need
  const int32_t bucket = int32_t(group) * kGroupBuckets + warp, walked = checkpoints.walked[tile];
  if (group * kGroupBuckets < walked) {
    StagePixels(params, tile, shared.pixels);
    gpu::SyncBlock();
  }
  const int32_t before = bucket * kBucketSize, left = end - begin - before;
  if (left <= 0) return;  // the last group of the list
  LaneSplat splat{};
  if (lane < left) splat = LoadSplatOfLane(params.forward, tile, list.entries[begin + before + lane]);
  float sums[kSlotSize] = {};
  if (bucket < walked) {
    const float* checkpoint =
        checkpoints.values + (PlaceOfList(begin, tile, kBucketSize) + bucket) * int64_t(kCheckpointSize * kTileThreads);
    const int live_count = GatherLivePixels<kMaps>(checkpoint, splat.parts, shared.pixels, shared.live[warp]);
    SumBucket<kMaps, kAbsMean>(splat, left < kBucketSize ? left : kBucketSize, shared.pixels, shared.live[warp],
                               live_count, sums);
  }
  if (lane < left) StoreSlot(sums, params.slots + int64_t(splat.slot) * kSlotSize);
}

// Checkpoints in scratch, by a forward pass that writes no image.
CheckpointsView<float> MakeCheckpoints(const KernelContext& context, BlendParams<float> params, int64_t tiles) {
  params.out = {};
  params.checkpoints.values = context.scratch->AllocateArray<float>(CheckpointBuckets(params.list.instances, tiles) *
                                                                    kCheckpointSize * kTileThreads);
  params.checkpoints.walked = context.scratch->AllocateArray<int32_t>(tiles);
  Blend(context, params);
  return params.checkpoints;
}

template <bool kMaps>
void LaunchBuckets(const KernelContext& context, const BlendBackwardParams<float>& params, int tiles) {
  const int64_t groups = PlacesOfLists(params.forward.list.instances, tiles, kGroupEntries);
  if (params.abs_mean) {
    SPLAT_LAUNCH(context, (BlendBackwardBucketKernel<kMaps, true>), groups, kGroupThreads, params, tiles);
  } else {
    SPLAT_LAUNCH(context, (BlendBackwardBucketKernel<kMaps, false>), groups, kGroupThreads, params, tiles);
  }
}

}  // namespace

void BlendBackwardBucketed(const KernelContext& context, const BlendBackwardParams<float>& params) {
  if (params.forward.list.instances == 0) return;
  const math::TileGrid grid = math::TileGridOf(params.forward.width, params.forward.height);
  const int tiles = grid.columns * grid.rows;
  BlendBackwardParams<float> with = params;
  if (!with.forward.checkpoints.values) with.forward.checkpoints = MakeCheckpoints(context, with.forward, tiles);
  if (params.grad.alpha || params.grad.depth) {
    LaunchBuckets<true>(context, with, tiles);
  } else {
    LaunchBuckets<false>(context, with, tiles);
  }
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
