// Blend and BlendBackward on the CPU. One task is one tile; its pixels are planes of 16 x 16 numbers, and each splat
// runs over whole rows of 16, so that the compiler turns the inner loops into vector code (docs/math.md, sections 6 and
// 7).
#include <algorithm>
#include <cmath>

#include "core/multiversion.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"

namespace splat::kernels {
namespace {

constexpr int kSide = math::kTileSize;
constexpr int kStopCheckInterval = 8;  // splats between two looks whether the whole tile is opaque

// Splat of one instance, relative to the tile.
template <typename T>
struct TileSplat {
  math::BlendSplat<T> blend;  // mean relative to the centre of the tile's first pixel
  T color[3];
  T depth;
  int row_begin, row_end;  // rows of the tile that the ellipse reaches
};

template <typename T>
inline TileSplat<T> LoadTileSplat(const ProjectedView<T>& p, int64_t i, int x0, int y0) {
  const T* record = p.records + kRecordSize * i;
  TileSplat<T> s;
  s.blend = BlendSplatOf(record);
  s.blend.mean = {s.blend.mean.x - (T(x0) + T(0.5)), s.blend.mean.y - (T(y0) + T(0.5))};
  for (int c = 0; c < 3; ++c) s.color[c] = record[kRecordColor + c];
  s.depth = record[kRecordDepth];
  const T half = record[kRecordHalf + 1];
  const T low = std::ceil(s.blend.mean.y - half), high = std::floor(s.blend.mean.y + half);
  s.row_begin = low > T(0) ? (low < T(kSide) ? int(low) : kSide) : 0;
  s.row_end = high < T(kSide - 1) ? (high >= T(0) ? int(high) + 1 : 0) : kSide;
  return s;
}

// Geometry of a tile and its part of the picture.
struct TileRect {
  int x0, y0, columns, rows;  // columns, rows: pixels inside the picture
};

TileRect TileRectOf(int64_t tile, int width, int height) {
  const math::TileGrid grid = math::TileGridOf(width, height);
  const int x0 = int(tile % grid.columns) * kSide, y0 = int(tile / grid.columns) * kSide;
  return {x0, y0, std::min(kSide, width - x0), std::min(kSide, height - y0)};
}

template <typename T>
struct Plane {
  alignas(64) T at[kSide][kSide];

  void Fill(T value) { std::fill(&at[0][0], &at[0][0] + kSide * kSide, value); }
};

// Transmittance 1 inside the picture and 0 outside: no splat is drawn there.
template <typename T>
void StartTransmittance(const TileRect& rect, Plane<T>& transmittance) {
  transmittance.Fill(T(0));
  for (int y = 0; y < rect.rows; ++y) std::fill_n(transmittance.at[y], rect.columns, T(1));
}

template <typename T>
inline bool IsOpaque(const Plane<T>& transmittance) {
  T largest = T(0);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) largest = largest < transmittance.at[y][x] ? transmittance.at[y][x] : largest;
  }
  return !(largest >= T(math::kMinTransmittance));
}

template <typename T>
struct ForwardTile {
  Plane<T> transmittance, color[3], depth;
};

template <typename T>
inline void BlendSplatOnTile(const TileSplat<T>& s, ForwardTile<T>& tile) {
  for (int y = s.row_begin; y < s.row_end; ++y) {
    const T dy = s.blend.mean.y - T(y);
    T* t = tile.transmittance.at[y];
    T *red = tile.color[0].at[y], *green = tile.color[1].at[y], *blue = tile.color[2].at[y], *depth = tile.depth.at[y];
    for (int x = 0; x < kSide; ++x) {
      const T raw_alpha = math::SplatAlpha(s.blend, s.blend.mean.x - T(x), dy);
      const T alpha = math::IsDrawn(raw_alpha, t[x]) ? math::ClampAlpha(raw_alpha) : T(0);
      const T weight = alpha * t[x];
      red[x] += weight * s.color[0];
      green[x] += weight * s.color[1];
      blue[x] += weight * s.color[2];
      depth[x] += weight * s.depth;
      t[x] = math::TransmittanceBehind<TwoRoundings>(alpha, t[x]);
    }
  }
}

template <typename T>
inline void BlendTile(const BlendParams<T>& params, int64_t tile_index, ForwardTile<T>& tile) {
  const TileRect rect = TileRectOf(tile_index, params.width, params.height);
  StartTransmittance(rect, tile.transmittance);
  for (auto& plane : tile.color) plane.Fill(T(0));
  tile.depth.Fill(T(0));
  const int64_t begin = params.list.tile_begin[tile_index], end = params.list.tile_begin[tile_index + 1];
  for (int64_t k = begin; k < end; ++k) {
    if ((k - begin) % kStopCheckInterval == 0 && IsOpaque(tile.transmittance)) break;
    BlendSplatOnTile(LoadTileSplat(params.projected, params.list.entries[k].splat, rect.x0, rect.y0), tile);
  }
}

SPLAT_MULTIVERSION void BlendTileFloat(const BlendParams<float>& params, int64_t tile_index, ForwardTile<float>& tile) {
  BlendTile(params, tile_index, tile);
}
inline void BlendTileOf(const BlendParams<float>& params, int64_t tile_index, ForwardTile<float>& tile) {
  BlendTileFloat(params, tile_index, tile);
}
inline void BlendTileOf(const BlendParams<double>& params, int64_t tile_index, ForwardTile<double>& tile) {
  BlendTile(params, tile_index, tile);
}

template <typename T>
void StoreTile(const BlendParams<T>& params, const TileRect& rect, const ForwardTile<T>& tile) {
  for (int y = 0; y < rect.rows; ++y) {
    for (int x = 0; x < rect.columns; ++x) {
      const int64_t pixel = int64_t(rect.y0 + y) * params.width + rect.x0 + x;
      const T t = tile.transmittance.at[y][x];
      for (int c = 0; c < 3; ++c) params.out.image[3 * pixel + c] = tile.color[c].at[y][x] + t * params.background[c];
      params.out.alpha[pixel] = T(1) - t;
      params.out.depth[pixel] = tile.depth.at[y][x];
    }
  }
}

template <typename T>
struct BackwardTile {
  Plane<T> transmittance;
  Plane<T> loss_behind;    // gradient . (final pixel - composited so far)
  Plane<T> grad_color[3];  // dL/dimage
  Plane<T> grad_alpha, grad_depth;
};

template <typename T>
void LoadBackwardTile(const BlendBackwardParams<T>& params, const TileRect& rect, BackwardTile<T>& tile) {
  StartTransmittance(rect, tile.transmittance);
  for (Plane<T>* plane : {&tile.loss_behind, &tile.grad_color[0], &tile.grad_color[1], &tile.grad_color[2],
                          &tile.grad_alpha, &tile.grad_depth}) {
    plane->Fill(T(0));
  }
  const PixelsView<T>& out = params.forward.out;
  for (int y = 0; y < rect.rows; ++y) {
    for (int x = 0; x < rect.columns; ++x) {
      const int64_t pixel = int64_t(rect.y0 + y) * params.forward.width + rect.x0 + x;
      const T* g = params.grad.image + 3 * pixel;
      const T* image = out.image + 3 * pixel;
      const math::PixelGrad<T> grad = {g[0], g[1], g[2], params.grad.alpha ? params.grad.alpha[pixel] : T(0),
                                       params.grad.depth ? params.grad.depth[pixel] : T(0)};
      for (int c = 0; c < 3; ++c) tile.grad_color[c].at[y][x] = g[c];
      tile.grad_alpha.at[y][x] = grad.alpha;
      tile.grad_depth.at[y][x] = grad.depth;
      tile.loss_behind.at[y][x] = math::LossOfPixel<TwoRoundings, true>(grad, {image[0], image[1], image[2]},
                                                                        out.alpha[pixel], out.depth[pixel]);
    }
  }
}

// Sums per column of the tile: dx is constant there, so only powers of dy are kept.
template <typename T>
struct ColumnSums {
  alignas(64) T color[3][kSide], depth[kSide], v[kSide], v_dy[kSide], v_dy2[kSide], abs_x[kSide], abs_y[kSide];
};

template <typename T>
inline void ReplaySplatOnTile(const TileSplat<T>& s, BackwardTile<T>& tile, ColumnSums<T>& sums) {
  const SymMat2<T>& conic = s.blend.conic;
  for (int y = s.row_begin; y < s.row_end; ++y) {
    const T dy = s.blend.mean.y - T(y);
    T *t = tile.transmittance.at[y], *behind = tile.loss_behind.at[y];
    const T *red = tile.grad_color[0].at[y], *green = tile.grad_color[1].at[y], *blue = tile.grad_color[2].at[y];
    const T *grad_alpha = tile.grad_alpha.at[y], *grad_depth = tile.grad_depth.at[y];
    for (int x = 0; x < kSide; ++x) {
      const T dx = s.blend.mean.x - T(x);
      const T raw_alpha = math::SplatAlpha(s.blend, dx, dy);
      const bool drawn = math::IsDrawn(raw_alpha, t[x]);
      const T alpha = drawn ? math::ClampAlpha(raw_alpha) : T(0);
      const T weight = alpha * t[x];
      const math::PixelGrad<T> grad = {red[x], green[x], blue[x], grad_alpha[x], grad_depth[x]};
      const T loss = math::LossOfSplat<TwoRoundings, true>(grad, {s.color[0], s.color[1], s.color[2]}, s.depth);
      behind[x] = math::LossBehind<TwoRoundings>(behind[x], weight, loss);
      const T full = math::LogAlphaGrad(raw_alpha, math::AlphaGrad(alpha, t[x], loss, behind[x]));
      const T v = drawn ? full : T(0);
      const Vec2<T> slope = math::ConicTimes(conic, dx, dy);
      const T slope_x = v * slope.x, slope_y = v * slope.y;
      sums.color[0][x] += weight * red[x];
      sums.color[1][x] += weight * green[x];
      sums.color[2][x] += weight * blue[x];
      sums.depth[x] += weight * grad_depth[x];
      sums.v[x] += v;
      sums.v_dy[x] += v * dy;
      sums.v_dy2[x] += v * dy * dy;
      sums.abs_x[x] += slope_x < T(0) ? -slope_x : slope_x;
      sums.abs_y[x] += slope_y < T(0) ? -slope_y : slope_y;
      t[x] = math::TransmittanceBehind<TwoRoundings>(alpha, t[x]);
    }
  }
}

// Column sums to the entries of a slot.
template <typename T>
inline void StoreSlot(const TileSplat<T>& s, const ColumnSums<T>& sums, T* slot) {
  T out[kSlotSize] = {};
  for (int x = 0; x < kSide; ++x) {
    const T dx = s.blend.mean.x - T(x);
    for (int c = 0; c < 3; ++c) out[kSlotColor + c] += sums.color[c][x];
    out[kSlotDepth] += sums.depth[x];
    out[kSlotMoments] += sums.v[x];
    out[kSlotMoments + 1] += dx * sums.v[x];
    out[kSlotMoments + 2] += sums.v_dy[x];
    out[kSlotMoments + 3] += dx * dx * sums.v[x];
    out[kSlotMoments + 4] += dx * sums.v_dy[x];
    out[kSlotMoments + 5] += sums.v_dy2[x];
    out[kSlotAbsMean] += sums.abs_x[x];
    out[kSlotAbsMean + 1] += sums.abs_y[x];
  }
  std::copy(out, out + kSlotSize, slot);
}

template <typename T>
inline void ReplayTile(const BlendBackwardParams<T>& params, const TileRect& rect, int64_t tile_index,
                       BackwardTile<T>& tile) {
  const TileListView& list = params.forward.list;
  const int64_t begin = list.tile_begin[tile_index], end = list.tile_begin[tile_index + 1];
  int64_t k = begin;
  for (; k < end; ++k) {
    if ((k - begin) % kStopCheckInterval == 0 && IsOpaque(tile.transmittance)) break;
    const TileSplat<T> s = LoadTileSplat(params.forward.projected, list.entries[k].splat, rect.x0, rect.y0);
    ColumnSums<T> sums = {};
    ReplaySplatOnTile(s, tile, sums);
    StoreSlot(s, sums, params.slots + int64_t(list.entries[k].slot) * kSlotSize);
  }
  for (; k < end; ++k) std::fill_n(params.slots + int64_t(list.entries[k].slot) * kSlotSize, kSlotSize, T(0));
}

SPLAT_MULTIVERSION void ReplayTileFloat(const BlendBackwardParams<float>& params, const TileRect& rect,
                                        int64_t tile_index, BackwardTile<float>& tile) {
  ReplayTile(params, rect, tile_index, tile);
}
inline void ReplayTileOf(const BlendBackwardParams<float>& params, const TileRect& rect, int64_t tile_index,
                         BackwardTile<float>& tile) {
  ReplayTileFloat(params, rect, tile_index, tile);
}
inline void ReplayTileOf(const BlendBackwardParams<double>& params, const TileRect& rect, int64_t tile_index,
                         BackwardTile<double>& tile) {
  ReplayTile(params, rect, tile_index, tile);
}

template <typename T>
int64_t TileCount(const BlendParams<T>& params) {
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  return int64_t(grid.columns) * grid.rows;
}

}  // namespace

template <typename T>
void Blend(const KernelContext& context, const BlendParams<T>& params) {
  context.executor->Run(TileCount(params), [&](int64_t tile_index) {
    ForwardTile<T> tile;
    BlendTileOf(params, tile_index, tile);
    StoreTile(params, TileRectOf(tile_index, params.width, params.height), tile);
  });
}

template <typename T>
void BlendBackward(const KernelContext& context, const BlendBackwardParams<T>& params) {
  context.executor->Run(TileCount(params.forward), [&](int64_t tile_index) {
    const TileRect rect = TileRectOf(tile_index, params.forward.width, params.forward.height);
    BackwardTile<T> tile;
    LoadBackwardTile(params, rect, tile);
    ReplayTileOf(params, rect, tile_index, tile);
  });
}

template void Blend<float>(const KernelContext&, const BlendParams<float>&);
template void Blend<double>(const KernelContext&, const BlendParams<double>&);
template void BlendBackward<float>(const KernelContext&, const BlendBackwardParams<float>&);
template void BlendBackward<double>(const KernelContext&, const BlendBackwardParams<double>&);

}  // namespace splat::kernels
