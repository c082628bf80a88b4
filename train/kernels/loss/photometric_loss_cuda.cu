// PhotometricLoss on a GPU (docs/math.md, section 9). Two kernels over tiles of 16 x 16 pixels: the first filters the
// statistics of SSIM and stores its partial derivatives, the second filters those and writes the gradient. A third adds
// the tiles' sums in a fixed order. Rows stay interleaved as on the CPU: a horizontal tap is kChannels values apart.
#include "core/multiply_add.h"
#include "train/kernels/cuda_kernels.cuh"
#include "train/kernels/loss/photometric_loss_math.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kTile = 16;                         // pixels, both ways
constexpr int kPadded = kTile + 2 * kSsimRadius;  // with the window's margin
constexpr int kRun = 4;                           // neighbouring sums that one thread filters at a time ...
constexpr int kRunTaps = kRun + 2 * kSsimRadius;  // ... from this many values
constexpr int kMaxWarps = 8;

// Pitches are odd, so that neither lanes along a row nor lanes down a column meet in a bank.
template <int kChannels>
struct TileShape {
  static constexpr int kSpan = kTile * kChannels, kPitch = kSpan + 1;  // values in a row
  static constexpr int kPaddedSpan = kPadded * kChannels, kPaddedPitch = kPaddedSpan + 1;
  static constexpr int kThreads = kSpan * (kTile / kRun);  // a thread for each run down a column
  static_assert(kThreads <= kMaxWarps * gpu::kWarpSize);

  using PaddedTile = float[kPadded][kPaddedPitch];
  using FilteredRows = float[kPadded][kPitch];
};

// What the kernels need of LossParams, and their scratch.
struct LossTask {
  int width, height, columns;  // of the image, px; tiles in a row
  const float* image;
  const uint8_t* target;
  const uint8_t* weights;  // used with kMasked only
  float* grad_image;
  float* partials;    // [3, H, W, C] or null
  double* tile_sums;  // [tiles, 2]
  SsimWindow<float> window;
  LossScales<float> scales;
};

// Weight of the pixel that has the value at `at`.
template <int kChannels>
__device__ inline float WeightAt(const LossTask& task, int64_t at) {
  return PixelWeight<float>(task.weights[at / kChannels]);
}

// What the windows see of two images.
struct SeenValues {
  float x, y;
};
template <int kChannels, bool kMasked>
__device__ inline SeenValues SeenAt(const LossTask& task, int64_t at) {
  if (at < 0) return {0.0f, 0.0f};
  const SeenValues values = {task.image[at], TargetValue<float>(task.target[at])};
  if (!kMasked) return values;
  const float weight = WeightAt<kChannels>(task, at);
  return {weight * values.x, weight * values.y};
}

// First pixel of the block's tile.
struct TilePlace {
  int x, y;
};
__device__ inline TilePlace PlaceOfBlock(const LossTask& task) {
  return {int(blockIdx.x) % task.columns * kTile, int(blockIdx.x) / task.columns * kTile};
}

// Calls load(row, column, at) for the values of the padded tile: `at` is the value's place in the image, negative
// outside of it. Neighbouring threads take neighbouring values.
template <int kChannels, typename Load>
__device__ inline void ForPaddedTile(const LossTask& task, const TilePlace& place, const Load& load) {
  using Shape = TileShape<kChannels>;
  const int row_values = task.width * kChannels;
  for (int i = int(threadIdx.x); i < kPadded * Shape::kPaddedSpan; i += Shape::kThreads) {
    const int row = i / Shape::kPaddedSpan, column = i % Shape::kPaddedSpan;
    const int y = place.y - kSsimRadius + row, x = (place.x - kSsimRadius) * kChannels + column;
    const bool inside = y >= 0 && y < task.height && x >= 0 && x < row_values;
    load(row, column, inside ? int64_t(y) * row_values + x : int64_t(-1));
  }
}

// kRun neighbouring sums over the window. Taps of equal weight are added first.
__device__ inline void FilterRun(const SsimWindow<float>& window, const float (&taps)[kRunTaps], float (&out)[kRun]) {
  SPLAT_UNROLL
  for (int r = 0; r < kRun; ++r) {
    out[r] = window.weight[0] * taps[r + kSsimRadius];
    SPLAT_UNROLL
    for (int d = 1; d <= kSsimRadius; ++d) {
      out[r] = MultiplyAdd(window.weight[d], taps[r + kSsimRadius - d] + taps[r + kSsimRadius + d], out[r]);
    }
  }
}

// Calls filter(row, first) for the runs along the rows of the padded tile, `first` being the column of the first output
// value; its taps and outputs are kChannels apart. Neighbouring threads take neighbouring rows.
template <int kChannels, typename Filter>
__device__ inline void ForRunsOfRows(const Filter& filter) {
  constexpr int kRuns = kPadded * (kTile / kRun) * kChannels;
  for (int i = int(threadIdx.x); i < kRuns; i += TileShape<kChannels>::kThreads) {
    const int run = i / kPadded;
    filter(i % kPadded, run / kChannels * kRun * kChannels + run % kChannels);
  }
}

template <int kChannels>
__device__ inline void LoadRowTaps(const float* padded_row, int first, float (&taps)[kRunTaps]) {
  SPLAT_UNROLL
  for (int t = 0; t < kRunTaps; ++t) taps[t] = padded_row[first + t * kChannels];
}
template <int kChannels>
__device__ inline void FilterRowRun(const SsimWindow<float>& window, const float (&taps)[kRunTaps], float* row,
                                    int first) {
  float out[kRun];
  FilterRun(window, taps, out);
  SPLAT_UNROLL
  for (int r = 0; r < kRun; ++r) row[first + r * kChannels] = out[r];
}

// The thread's run of pixels down a column of the tile.
struct ColumnRun {
  int column, row;  // value in the row; first row
};
template <int kChannels>
__device__ inline ColumnRun RunOfThread() {
  constexpr int kSpan = TileShape<kChannels>::kSpan;
  return {int(threadIdx.x) % kSpan, int(threadIdx.x) / kSpan * kRun};
}

template <int kChannels>
__device__ inline void FilterColumnRun(const SsimWindow<float>& window,
                                       const typename TileShape<kChannels>::FilteredRows& rows, const ColumnRun& run,
                                       float (&out)[kRun]) {
  float taps[kRunTaps];
  SPLAT_UNROLL
  for (int t = 0; t < kRunTaps; ++t) taps[t] = rows[run.row + t][run.column];
  FilterRun(window, taps, out);
}

// Place of pixel r of the thread's run in the image; negative outside of it.
template <int kChannels>
__device__ inline int64_t PlaceInImage(const LossTask& task, const TilePlace& place, const ColumnRun& run, int r) {
  const int row_values = task.width * kChannels;
  const int x = place.x * kChannels + run.column, y = place.y + run.row + r;
  return x < row_values && y < task.height ? int64_t(y) * row_values + x : int64_t(-1);
}

struct PartSums {
  double l1, ssim;
};
// Sum over the block in a fixed order; thread 0 gets it. `warps` [kMaxWarps] is shared memory.
__device__ inline PartSums SumOfBlock(const PartSums& mine, PartSums* warps) {
  const PartSums of_warp = {gpu::WarpSum(mine.l1), gpu::WarpSum(mine.ssim)};
  if (gpu::LaneIndex() == 0) warps[gpu::WarpIndex()] = of_warp;
  gpu::SyncBlock();
  PartSums sum{};
  if (threadIdx.x != 0) return sum;
  for (int warp = 0; warp < int(blockDim.x) / gpu::kWarpSize; ++warp) {
    sum.l1 += warps[warp].l1;
    sum.ssim += warps[warp].ssim;
  }
  return sum;
}

template <int kChannels>
struct ForwardShared {
  typename TileShape<kChannels>::PaddedTile x, y;
  typename TileShape<kChannels>::FilteredRows rows[4];  // of SsimStatistics, in the order of its members
  PartSums warps[kMaxWarps];
};

// The four statistics of a run along a row.
template <int kChannels>
__device__ inline void FilterStatistics(const SsimWindow<float>& window, ForwardShared<kChannels>& shared, int row,
                                        int first) {
  float x[kRunTaps], y[kRunTaps], squares[kRunTaps], xy[kRunTaps];
  LoadRowTaps<kChannels>(shared.x[row], first, x);
  LoadRowTaps<kChannels>(shared.y[row], first, y);
  SPLAT_UNROLL
  for (int t = 0; t < kRunTaps; ++t) {
    const SsimStatistics<float> products = SsimProducts(x[t], y[t]);
    squares[t] = products.squares;
    xy[t] = products.xy;
  }
  FilterRowRun<kChannels>(window, x, shared.rows[0][row], first);
  FilterRowRun<kChannels>(window, y, shared.rows[1][row], first);
  FilterRowRun<kChannels>(window, squares, shared.rows[2][row], first);
  FilterRowRun<kChannels>(window, xy, shared.rows[3][row], first);
}

// One block: one tile; 64 kChannels threads, each four values of a column. At most 48 KiB of shared memory (36 at three
// channels): the padded tile of both images and their statistics filtered along the rows. No atomics.
template <int kChannels, bool kMasked>
__global__ void __launch_bounds__(TileShape<kChannels>::kThreads) LossForwardKernel(LossTask task) {
  SPLAT_SHARED(ForwardShared<kChannels>, shared);
  const TilePlace place = PlaceOfBlock(task);
  ForPaddedTile<kChannels>(task, place, [&](int row, int column, int64_t at) {
    const SeenValues seen = SeenAt<kChannels, kMasked>(task, at);
    shared.x[row][column] = seen.x;
    shared.y[row][column] = seen.y;
  });
  gpu::SyncBlock();
  ForRunsOfRows<kChannels>([&](int row, int first) { FilterStatistics(task.window, shared, row, first); });
  gpu::SyncBlock();

  const ColumnRun run = RunOfThread<kChannels>();
  float statistics[4][kRun];
  SPLAT_UNROLL
  for (int map = 0; map < 4; ++map) {
    FilterColumnRun<kChannels>(task.window, shared.rows[map], run, statistics[map]);
  }
  const int64_t plane = int64_t(task.width) * task.height * kChannels;
  PartSums sums{};
  SPLAT_UNROLL
  for (int r = 0; r < kRun; ++r) {
    const int64_t at = PlaceInImage<kChannels>(task, place, run, r);
    if (at < 0) continue;
    const int row = kSsimRadius + run.row + r, column = kSsimRadius * kChannels + run.column;
    sums.l1 += double(std::abs(shared.x[row][column] - shared.y[row][column]));
    const SsimStatistics<float> s = {statistics[0][r], statistics[1][r], statistics[2][r], statistics[3][r]};
    const SsimFactors<float> factors = SsimFactorsOf(s);
    const float weight = kMasked ? WeightAt<kChannels>(task, at) : 1.0f;
    sums.ssim += double(kMasked ? WeightedSsim(weight, Ssim(factors)) : Ssim(factors));
    if (!task.partials) continue;
    SsimPartials<float> partials = SsimBackward(s, factors);
    if (kMasked) partials = {weight * partials.x, weight * partials.squares, weight * partials.xy};
    task.partials[at] = partials.x;
    task.partials[plane + at] = partials.squares;
    task.partials[2 * plane + at] = partials.xy;
  }
  const PartSums sum = SumOfBlock(sums, shared.warps);
  if (threadIdx.x != 0) return;
  task.tile_sums[2 * int64_t(blockIdx.x)] = sum.l1;
  task.tile_sums[2 * int64_t(blockIdx.x) + 1] = sum.ssim;
}

template <int kChannels>
struct BackwardShared {
  typename TileShape<kChannels>::PaddedTile padded;
  typename TileShape<kChannels>::FilteredRows rows;
};

// One block: one tile, as in the forward kernel; one partial map after the other. 13 KiB of shared memory at three
// channels. No atomics.
template <int kChannels, bool kMasked>
__global__ void __launch_bounds__(TileShape<kChannels>::kThreads) LossBackwardKernel(LossTask task) {
  SPLAT_SHARED(BackwardShared<kChannels>, shared);
  const TilePlace place = PlaceOfBlock(task);
  const ColumnRun run = RunOfThread<kChannels>();
  const int64_t plane = int64_t(task.width) * task.height * kChannels;
  float filtered[3][kRun];
  SPLAT_UNROLL
  for (int map = 0; map < 3; ++map) {
    const float* partials = task.partials + map * plane;
    ForPaddedTile<kChannels>(task, place, [&](int row, int column, int64_t at) {
      shared.padded[row][column] = at >= 0 ? partials[at] : 0.0f;
    });
    gpu::SyncBlock();  // also: the rows of the map before have been read
    ForRunsOfRows<kChannels>([&](int row, int first) {
      float taps[kRunTaps];
      LoadRowTaps<kChannels>(shared.padded[row], first, taps);
      FilterRowRun<kChannels>(task.window, taps, shared.rows[row], first);
    });
    gpu::SyncBlock();
    FilterColumnRun<kChannels>(task.window, shared.rows, run, filtered[map]);
  }
  SPLAT_UNROLL
  for (int r = 0; r < kRun; ++r) {
    const int64_t at = PlaceInImage<kChannels>(task, place, run, r);
    if (at < 0) continue;
    const SsimPartials<float> partials = {filtered[0][r], filtered[1][r], filtered[2][r]};
    const float x = task.image[at], y = TargetValue<float>(task.target[at]);
    task.grad_image[at] = kMasked ? WeightedLossGradient(task.scales, partials, WeightAt<kChannels>(task, at), x, y)
                                  : LossGradient(task.scales, partials, x, y);
  }
}

constexpr int kSumThreads = kMaxWarps * gpu::kWarpSize;

struct SumShared {
  PartSums warps[kMaxWarps];
};

// One block in all: adds the tiles' sums, each thread every 256th, and divides by the number of values.
__global__ void __launch_bounds__(kSumThreads)
    LossSumKernel(const double* tile_sums, int64_t tiles, double values, LossSums* sums) {
  SPLAT_SHARED(SumShared, shared);
  PartSums mine{};
  for (int64_t tile = threadIdx.x; tile < tiles; tile += kSumThreads) {
    mine.l1 += tile_sums[2 * tile];
    mine.ssim += tile_sums[2 * tile + 1];
  }
  const PartSums sum = SumOfBlock(mine, shared.warps);
  if (threadIdx.x != 0) return;
  sums->l1 = sum.l1 / values;
  sums->ssim = sum.ssim / values;
}

template <int kChannels, bool kMasked>
void LossOfTask(const KernelContext& context, const LossParams& params, LossSums* sums) {
  const int columns = int(gpu::BlocksFor(params.width, kTile));
  const int64_t tiles = columns * gpu::BlocksFor(params.height, kTile);
  const int64_t values = int64_t(params.width) * params.height * kChannels;
  LossTask task;
  task.width = params.width;
  task.height = params.height;
  task.columns = columns;
  task.image = params.image;
  task.target = params.target;
  task.weights = params.weights;
  task.grad_image = params.grad_image;
  task.partials = params.grad_image ? context.scratch->AllocateArray<float>(3 * values) : nullptr;
  task.tile_sums = context.scratch->AllocateArray<double>(2 * tiles);
  task.window = GaussianSsimWindow<float>();
  task.scales = LossScalesOf<float>(params.ssim_weight, double(values));
  constexpr int kThreads = TileShape<kChannels>::kThreads;
  SPLAT_LAUNCH(context, (LossForwardKernel<kChannels, kMasked>), tiles, kThreads, task);
  SPLAT_LAUNCH(context, LossSumKernel, 1, kSumThreads, task.tile_sums, tiles, double(values), sums);
  if (params.grad_image) SPLAT_LAUNCH(context, (LossBackwardKernel<kChannels, kMasked>), tiles, kThreads, task);
}

template <int kChannels>
void LossOfChannels(const KernelContext& context, const LossParams& params, LossSums* sums) {
  params.weights ? LossOfTask<kChannels, true>(context, params, sums)
                 : LossOfTask<kChannels, false>(context, params, sums);
}

}  // namespace

void Loss(const KernelContext& context, const LossParams& params, LossSums* sums) {
  CheckLossParams(params);
  switch (params.channels) {
    case 1:
      return LossOfChannels<1>(context, params, sums);
    case 2:
      return LossOfChannels<2>(context, params, sums);
    case 3:
      return LossOfChannels<3>(context, params, sums);
    default:
      return LossOfChannels<4>(context, params, sums);
  }
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
