// PhotometricLoss on the CPU in two passes over tiles: the first filters the statistics of SSIM and stores its partial
// derivatives, the second filters those and writes the gradient. Rows stay interleaved: a horizontal tap is `channels`
// values apart, so the compiler turns every inner loop into vector code whatever the channel count.
#include "train/kernels/loss/photometric_loss.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/check.h"
#include "core/multiversion.h"
#include "train/kernels/loss/photometric_loss_math.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::train {
namespace {

constexpr int kTileColumns = 64,
              kTileRows = 64;  // pixels; chosen by measurement: a tile's filtered rows stay in the L1 cache
constexpr int kMaxSpan = kTileColumns * kMaxLossChannels;                        // values in a row of a tile
constexpr int kMaxPadded = (kTileColumns + 2 * kSsimRadius) * kMaxLossChannels;  // with the window's margin
constexpr int kSumLanes = 16;

// Pixels [x0, x1) x [y0, y1) of the image.
struct Tile {
  int x0, y0, x1, y1;
};

int64_t TileCount(int width, int height) {
  return int64_t((width + kTileColumns - 1) / kTileColumns) * ((height + kTileRows - 1) / kTileRows);
}

Tile TileAt(int64_t index, int width, int height) {
  const int columns = (width + kTileColumns - 1) / kTileColumns;
  const int x0 = int(index % columns) * kTileColumns, y0 = int(index / columns) * kTileRows;
  return {x0, y0, std::min(width, x0 + kTileColumns), std::min(height, y0 + kTileRows)};
}

// The part of a tile's padded row that lies inside the image: values [begin, begin + size) of the image's row go to
// `offset` of the padded row. Outside, the padded row stays zero.
struct PaddedRow {
  int begin, offset, size;
};

PaddedRow PaddedRowOf(const Tile& tile, int width, int channels) {
  const int left = std::max(0, tile.x0 - kSsimRadius), right = std::min(width, tile.x1 + kSsimRadius);
  return {left * channels, (left - (tile.x0 - kSsimRadius)) * channels, (right - left) * channels};
}

template <int kMaps, typename T>
struct FilterBuffers {
  alignas(64) T padded[kMaps][kMaxPadded] = {};
  alignas(64) T rows[kMaps][kSsimTaps][kMaxSpan];  // horizontally filtered, a ring
  alignas(64) T out[kMaps][kMaxSpan];              // filtered both ways
};

// The two directions of the separable window. Taps of equal weight are added first.
template <typename T>
inline void FilterRow(const SsimWindow<T>& window, const T* padded, int stride, int size, T* __restrict out) {
  const T* center = padded + kSsimRadius * stride;
  const T w0 = window.weight[0], w1 = window.weight[1], w2 = window.weight[2], w3 = window.weight[3],
          w4 = window.weight[4], w5 = window.weight[5];
  for (int i = 0; i < size; ++i) {
    const T* p = center + i;
    out[i] = w0 * p[0] + w1 * (p[-stride] + p[stride]) + w2 * (p[-2 * stride] + p[2 * stride]) +
             w3 * (p[-3 * stride] + p[3 * stride]) + w4 * (p[-4 * stride] + p[4 * stride]) +
             w5 * (p[-5 * stride] + p[5 * stride]);
  }
}

template <typename T>
inline void FilterColumns(const SsimWindow<T>& window, const std::array<const T*, kSsimTaps>& r, int size,
                          T* __restrict out) {
  const T w0 = window.weight[0], w1 = window.weight[1], w2 = window.weight[2], w3 = window.weight[3],
          w4 = window.weight[4], w5 = window.weight[5];
  const T *m5 = r[0], *m4 = r[1], *m3 = r[2], *m2 = r[3], *m1 = r[4], *center = r[5], *p1 = r[6], *p2 = r[7],
          *p3 = r[8], *p4 = r[9], *p5 = r[10];
  for (int i = 0; i < size; ++i) {
    out[i] = w0 * center[i] + w1 * (m1[i] + p1[i]) + w2 * (m2[i] + p2[i]) + w3 * (m3[i] + p3[i]) +
             w4 * (m4[i] + p4[i]) + w5 * (m5[i] + p5[i]);
  }
}

// Filters kMaps maps over a tile. load(y, padded) fills the inner part of the padded rows of image row y; emit(y,
// out) gets the filtered rows, one call for each row of the tile from top to bottom.
template <int kMaps, typename T, typename Load, typename Emit>
inline void FilterTile(const Tile& tile, int height, int channels, const SsimWindow<T>& window, const Load& load,
                       const Emit& emit) {
  FilterBuffers<kMaps, T> buffers;
  const int span = (tile.x1 - tile.x0) * channels, first = tile.y0 - kSsimRadius;
  for (int y = first; y < tile.y1 + kSsimRadius; ++y) {
    const int slot = (y - first) % kSsimTaps;
    const bool inside = y >= 0 && y < height;
    if (inside) load(y, buffers.padded);
    for (int map = 0; map < kMaps; ++map) {
      T* row = buffers.rows[map][slot];
      if (inside) {
        FilterRow(window, buffers.padded[map], channels, span, row);
      } else {
        std::fill_n(row, span, T(0));
      }
    }
    if (y < tile.y0 + kSsimRadius) continue;
    for (int map = 0; map < kMaps; ++map) {
      std::array<const T*, kSsimTaps> rows;
      for (int tap = 0; tap < kSsimTaps; ++tap) rows[tap] = buffers.rows[map][(slot + 1 + tap) % kSsimTaps];
      FilterColumns(window, rows, span, buffers.out[map]);
    }
    emit(y - kSsimRadius, buffers.out);
  }
}

// A sum in double whose order is fixed by the position of the values, not by the instruction set.
struct LaneSum {
  double lane[kSumLanes] = {};

  template <typename T>
  void Add(const T* values, int size) {
    int i = 0;
    for (; i + kSumLanes <= size; i += kSumLanes) {
      for (int l = 0; l < kSumLanes; ++l) lane[l] += double(values[i + l]);
    }
    for (int l = 0; i + l < size; ++l) lane[l] += double(values[i + l]);
  }
  double Total() const {
    double total = 0;
    for (double value : lane) total += value;
    return total;
  }
};

// The weights of `size` values, `channels` to a pixel.
template <typename T>
inline void ExpandWeights(const uint8_t* weights, int channels, int size, T* out) {
  for (int pixel = 0; pixel < size / channels; ++pixel) {
    const T weight = PixelWeight<T>(weights[pixel]);
    for (int c = 0; c < channels; ++c) out[pixel * channels + c] = weight;
  }
}

// A row of images.
template <typename T>
struct ImageRow {
  const T* image;
  const uint8_t* target;
  const T* weights;  // of the values; used with kMasked only
};

// x, y, x^2 + y^2 and xy of `size` values, to the four rows of `padded` from `offset` on.
template <bool kMasked, typename T>
inline void Products(const ImageRow<T>& row, int size, T (*padded)[kMaxPadded], int offset) {
  const T* __restrict image = row.image;
  const uint8_t* __restrict target = row.target;
  const T* __restrict weights = row.weights;
  T* __restrict x = padded[0] + offset, * __restrict y = padded[1] + offset;
  T* __restrict squares = padded[2] + offset, * __restrict xy = padded[3] + offset;
  for (int i = 0; i < size; ++i) {
    const T target_value = TargetValue<T>(target[i]);
    const SsimStatistics<T> products = kMasked ? SsimProducts<T>(weights[i] * image[i], weights[i] * target_value)
                                               : SsimProducts(image[i], target_value);
    x[i] = products.x;
    y[i] = products.y;
    squares[i] = products.squares;
    xy[i] = products.xy;
  }
}

template <typename T>
inline void AbsoluteDifferences(const T* __restrict x, const T* __restrict y, int size, T* __restrict out) {
  for (int i = 0; i < size; ++i) out[i] = std::abs(x[i] - y[i]);
}

// What weights do to a row of SSIM and, unless `partials` is null, of its derivatives.
template <typename T>
inline void WeighSsimRow(const T* __restrict weights, int size, T* __restrict ssim, T* __restrict partials,
                         int64_t plane) {
  for (int i = 0; i < size; ++i) ssim[i] = WeightedSsim(weights[i], ssim[i]);
  if (!partials) return;
  for (int map = 0; map < 3; ++map) {
    for (int i = 0; i < size; ++i) partials[map * plane + i] *= weights[i];
  }
}

// Filtered statistics [4][kMaxSpan] to SSIM and, unless `partials` is null, its derivatives, `plane` values apart.
template <typename T>
inline void SsimRow(const T (*statistics)[kMaxSpan], int size, T* __restrict ssim, T* __restrict partials,
                    int64_t plane) {
  if (!partials) {
    for (int i = 0; i < size; ++i) {
      ssim[i] = Ssim(SsimFactorsOf<T>({statistics[0][i], statistics[1][i], statistics[2][i], statistics[3][i]}));
    }
    return;
  }
  T* __restrict by_x = partials, * __restrict by_squares = partials + plane, * __restrict by_xy = partials + 2 * plane;
  for (int i = 0; i < size; ++i) {
    const SsimStatistics<T> s = {statistics[0][i], statistics[1][i], statistics[2][i], statistics[3][i]};
    const SsimFactors<T> factors = SsimFactorsOf(s);
    const SsimPartials<T> p = SsimBackward(s, factors);
    ssim[i] = Ssim(factors);
    by_x[i] = p.x;
    by_squares[i] = p.squares;
    by_xy[i] = p.xy;
  }
}

template <typename T>
struct Task {
  const LossParamsOf<T>& params;
  SsimWindow<T> window;
  T* partials;   // [3, H, W, C], null without a gradient
  double* sums;  // [tiles, 2]

  int64_t Row(int y) const { return int64_t(y) * params.width * params.channels; }
  int64_t Plane() const { return Row(params.height); }
  // Gets the weights of `size` values of image row y, from value `begin` of the row on.
  void GetWeights(int y, int begin, int size, T* out) const {
    ExpandWeights(params.weights + int64_t(y) * params.width + begin / params.channels, params.channels, size, out);
  }
};

template <bool kMasked, typename T>
inline void ForwardTile(const Task<T>& task, int64_t index) {
  const LossParamsOf<T>& params = task.params;
  const Tile tile = TileAt(index, params.width, params.height);
  const PaddedRow row = PaddedRowOf(tile, params.width, params.channels);
  const int begin = tile.x0 * params.channels, span = (tile.x1 - tile.x0) * params.channels;
  const int margin = kSsimRadius * params.channels;
  LaneSum l1, ssim;
  alignas(64) T values[kMaxSpan];
  alignas(64) T weights[kMasked ? kMaxPadded : 1];
  const auto load = [&](int y, T(*padded)[kMaxPadded]) {
    const int64_t at = task.Row(y) + row.begin;
    if (kMasked) task.GetWeights(y, row.begin, row.size, weights);
    Products<kMasked, T>({params.image + at, params.target + at, weights}, row.size, padded, row.offset);
    if (y < tile.y0 || y >= tile.y1) return;
    AbsoluteDifferences(padded[0] + margin, padded[1] + margin, span, values);
    l1.Add(values, span);
  };
  const auto emit = [&](int y, const T(*statistics)[kMaxSpan]) {
    T* partials = task.partials ? task.partials + task.Row(y) + begin : nullptr;
    SsimRow(statistics, span, values, partials, task.Plane());
    if (kMasked) {
      task.GetWeights(y, begin, span, weights);
      WeighSsimRow(weights, span, values, partials, task.Plane());
    }
    ssim.Add(values, span);
  };
  FilterTile<4>(tile, params.height, params.channels, task.window, load, emit);
  task.sums[2 * index] = l1.Total();
  task.sums[2 * index + 1] = ssim.Total();
}

// One row of the gradient from the filtered partial maps [3][kMaxSpan]. `weights`: of the values; used with kMasked
// only.
template <bool kMasked, typename T>
inline void GradientRow(const LossParamsOf<T>& params, const T (*filtered)[kMaxSpan], const T* weights, int64_t at,
                        int size) {
  const double values = double(params.width) * params.height * params.channels;
  const LossScales<T> scales = LossScalesOf<T>(params.ssim_weight, values);
  const T* image = params.image + at;
  const uint8_t* target = params.target + at;
  T* __restrict grad = params.grad_image + at;
  for (int i = 0; i < size; ++i) {
    const SsimPartials<T> partials = {filtered[0][i], filtered[1][i], filtered[2][i]};
    const T target_value = TargetValue<T>(target[i]);
    grad[i] = kMasked ? WeightedLossGradient(scales, partials, weights[i], image[i], target_value)
                      : LossGradient(scales, partials, image[i], target_value);
  }
}

template <bool kMasked, typename T>
inline void BackwardTile(const Task<T>& task, int64_t index) {
  const LossParamsOf<T>& params = task.params;
  const Tile tile = TileAt(index, params.width, params.height);
  const PaddedRow row = PaddedRowOf(tile, params.width, params.channels);
  const int begin = tile.x0 * params.channels, span = (tile.x1 - tile.x0) * params.channels;
  const auto load = [&](int y, T(*padded)[kMaxPadded]) {
    for (int map = 0; map < 3; ++map) {
      std::copy_n(task.partials + map * task.Plane() + task.Row(y) + row.begin, row.size, padded[map] + row.offset);
    }
  };
  alignas(64) T weights[kMasked ? kMaxSpan : 1];
  const auto emit = [&](int y, const T(*filtered)[kMaxSpan]) {
    if (kMasked) task.GetWeights(y, begin, span, weights);
    GradientRow<kMasked>(params, filtered, weights, task.Row(y) + begin, span);
  };
  FilterTile<3>(tile, params.height, params.channels, task.window, load, emit);
}

SPLAT_MULTIVERSION void ForwardTileFloat(const Task<float>& task, int64_t index) {
  ForwardTile<false>(task, index);
}
SPLAT_MULTIVERSION void BackwardTileFloat(const Task<float>& task, int64_t index) {
  BackwardTile<false>(task, index);
}
SPLAT_MULTIVERSION void MaskedForwardTileFloat(const Task<float>& task, int64_t index) {
  ForwardTile<true>(task, index);
}
SPLAT_MULTIVERSION void MaskedBackwardTileFloat(const Task<float>& task, int64_t index) {
  BackwardTile<true>(task, index);
}

void RunForward(const Task<float>& task, int64_t index) {
  task.params.weights ? MaskedForwardTileFloat(task, index) : ForwardTileFloat(task, index);
}
void RunForward(const Task<double>& task, int64_t index) {
  task.params.weights ? ForwardTile<true>(task, index) : ForwardTile<false>(task, index);
}
void RunBackward(const Task<float>& task, int64_t index) {
  task.params.weights ? MaskedBackwardTileFloat(task, index) : BackwardTileFloat(task, index);
}
void RunBackward(const Task<double>& task, int64_t index) {
  task.params.weights ? BackwardTile<true>(task, index) : BackwardTile<false>(task, index);
}

}  // namespace

template <typename T>
void CheckLossParams(const LossParamsOf<T>& params) {
  SPLAT_CHECK(params.width > 0 && params.height > 0, "PhotometricLoss: an image of ", params.width, " x ",
              params.height, " pixels; both must be at least 1");
  SPLAT_CHECK(params.channels >= 1 && params.channels <= kMaxLossChannels, "PhotometricLoss: ", params.channels,
              " channels; must be 1 to ", kMaxLossChannels);
  SPLAT_CHECK(params.image && params.target, "PhotometricLoss: image and target must be given");
  SPLAT_CHECK(params.ssim_weight >= 0 && params.ssim_weight <= 1, "PhotometricLoss: ssim_weight = ", params.ssim_weight,
              ": must be between 0 and 1");
}

template <typename T>
LossBufferSizes LossBufferSizesOf(const LossParamsOf<T>& params) {
  const int64_t values = int64_t(params.width) * params.height * params.channels;
  return {params.grad_image ? 3 * values : 0, 2 * TileCount(params.width, params.height)};
}

template <typename T>
LossValue PhotometricLoss(Executor& executor, const LossParamsOf<T>& params, const LossBuffersOf<T>& buffers) {
  CheckLossParams(params);
  const int64_t tiles = TileCount(params.width, params.height);
  const int64_t values = int64_t(params.width) * params.height * params.channels;
  const Task<T> task = {params, GaussianSsimWindow<T>(), params.grad_image ? buffers.partials : nullptr, buffers.sums};
  executor.Run(tiles, [&](int64_t tile) { RunForward(task, tile); });
  if (params.grad_image) executor.Run(tiles, [&](int64_t tile) { RunBackward(task, tile); });

  LossValue result;
  for (int64_t tile = 0; tile < tiles; ++tile) {
    result.l1 += buffers.sums[2 * tile];
    result.ssim += buffers.sums[2 * tile + 1];
  }
  result.l1 /= double(values);
  result.ssim /= double(values);
  result.loss = LossOfMeans(result.l1, result.ssim, params.ssim_weight);
  return result;
}

template <typename T>
LossValue PhotometricLoss(Executor& executor, const LossParamsOf<T>& params, LossWorkspaceOf<T>& workspace) {
  CheckLossParams(params);
  const LossBufferSizes sizes = LossBufferSizesOf(params);
  workspace.partials.resize(std::max(workspace.partials.size(), size_t(sizes.partials)));
  workspace.sums.resize(std::max(workspace.sums.size(), size_t(sizes.sums)));
  return PhotometricLoss(executor, params, {workspace.partials.data(), workspace.sums.data()});
}

template void CheckLossParams<float>(const LossParamsOf<float>&);
template void CheckLossParams<double>(const LossParamsOf<double>&);
template LossBufferSizes LossBufferSizesOf<float>(const LossParamsOf<float>&);
template LossBufferSizes LossBufferSizesOf<double>(const LossParamsOf<double>&);
template LossValue PhotometricLoss<float>(Executor&, const LossParamsOf<float>&, const LossBuffersOf<float>&);
template LossValue PhotometricLoss<double>(Executor&, const LossParamsOf<double>&, const LossBuffersOf<double>&);
template LossValue PhotometricLoss<float>(Executor&, const LossParamsOf<float>&, LossWorkspaceOf<float>&);
template LossValue PhotometricLoss<double>(Executor&, const LossParamsOf<double>&, LossWorkspaceOf<double>&);

}  // namespace splat::train
