// This header blends one tile on the CPU, forward and backward, for any kind of lanes (core/lanes.h): vectors of every
// instruction set, and plain float and double. A tile's pixels are planes of 16 x 16 numbers in the first-level cache;
// each splat runs down the columns of pixels that its ellipse's bounding box reaches, a vector of neighbouring columns
// at a time (docs/math.md, sections 6 and 7).
#pragma once

#include <cmath>
#include <cstdint>

#include "core/constants.h"
#include "core/lanes.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/math/thresholds.h"
#include "rasterizer/math/tiles.h"

namespace splat::kernels {

// Everything is a member of one class for each kind of lanes, so that code of one instruction set has no name in common
// with code of another.
template <typename L>
class TileBlend {
 public:
  using S = ScalarOf<L>;

  static void Forward(const BlendParams<S>& params, int64_t tile_index);
  static void Backward(const BlendBackwardParams<S>& params, int64_t tile_index);

 private:
  static constexpr int kSide = math::kTileSize;
  static constexpr int kLanes = LanesOf<L>::kCount;
  static_assert(kSide % kLanes == 0, "a row of a tile is whole vectors");
  // Splats between two looks which rows of the tile still take light.
  static constexpr int kBatch = 16;

  struct Plane {
    alignas(64) S at[kSide][kSide];

    void Fill(S value) {
      for (S* row = at[0]; row != at[0] + kSide * kSide; row += kLanes) StoreLanes<L>(L(value), row);
    }
  };

  // The tile's part of the image.
  struct Rect {
    int x0, y0, columns, rows;  // columns, rows: pixels inside the image
  };
  static Rect RectOf(int64_t tile_index, int width, int height) {
    const int across = math::TileGridOf(width, height).columns;
    const int x0 = int(tile_index % across) * kSide, y0 = int(tile_index / across) * kSide;
    return {x0, y0, width - x0 < kSide ? width - x0 : kSide, height - y0 < kSide ? height - y0 : kSide};
  }

  // Transmittance 1 inside the image and 0 outside: no splat is drawn there.
  static void StartTransmittance(const Rect& rect, Plane& transmittance) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) transmittance.at[y][x] = ((x < rect.columns) & (y < rect.rows)) ? S(1) : S(0);
    }
  }

  // Bit y: some pixel of row y takes further splats.
  static uint32_t OpenRows(const Plane& transmittance) {
    uint32_t open = 0;
    for (int y = 0; y < kSide; ++y) {
      bool any = false;
      for (int x = 0; x < kSide; x += kLanes) {
        any |= AnyLane(LoadLanes<L>(&transmittance.at[y][x]) >= L(math::kMinTransmittance));
      }
      open |= uint32_t(any) << y;
    }
    return open;
  }

  // This is a tile in strips of neighbouring columns; for each strip it is known which rows a splat reaches.
  static constexpr int kStrip = kLanes < 8 ? 8 : kLanes;
  static constexpr int kStrips = kSide / kStrip;

  // Whole numbers from 0 to kSide; end: one past the last.
  struct Ranges {
    alignas(64) S first[kBatch], end[kBatch];
  };
  // The instances of a tile in batches, front to back.
  struct Batch {
    const S* records;
    int64_t splat[kBatch];
    int32_t slot[kBatch];
    alignas(64) S across[kBatch], shear[kBatch], along[kBatch], log2_opacity[kBatch];  // as in FoldedSplat
    Ranges columns;                                                                    // that the bounding box reaches
    Ranges rows[kStrips];  // that the ellipse reaches in each strip
    int size;
  };
  static void LoadBatch(const BlendParams<S>& params, int64_t begin, int64_t end, const Rect& rect, Batch& batch) {
    batch.records = params.projected.records;
    batch.size = int(end - begin < kBatch ? end - begin : kBatch);
    for (int i = 0; i < kBatch; ++i) {
      const TileInstance& instance = params.list.entries[begin + (i < batch.size ? i : 0)];
      batch.splat[i] = instance.splat;
      batch.slot[i] = instance.slot;
    }
    for (int i = 0; i < kBatch; i += kLanes) {
      L entry[kRecordSize];
      LoadRows<L>(batch.records, kRecordSize, batch.splat + i, kRecordSize, entry);
      const math::FoldedSplat<L> folded = math::FoldSplat(BlendSplatOf(entry), entry[kRecordHalf]);
      StoreLanes<L>(folded.across, batch.across + i);
      StoreLanes<L>(folded.shear, batch.shear + i);
      StoreLanes<L>(folded.along, batch.along + i);
      StoreLanes<L>(folded.log2_opacity, batch.log2_opacity + i);
      math::TileEllipse<L> ellipse = math::Transposed(EllipseOf(entry));
      ellipse.mean = {ellipse.mean.x - FirstPixel(rect.y0), ellipse.mean.y - FirstPixel(rect.x0)};
      StoreRange(ellipse.mean.y - ellipse.half.y, ellipse.mean.y + ellipse.half.y, batch.columns, i);
      const math::EllipseChords<L> chords = math::ChordsOf(ellipse);
      for (int strip = 0; strip < kStrips; ++strip) {
        const L v0 = L(kNumbers[strip * kStrip]) - ellipse.mean.y;
        const math::EllipseSpan<L> span = math::SpanInStrip(ellipse.half, chords, v0, v0 + L(kStrip - 1));
        StoreRange(ellipse.mean.x + span.left, ellipse.mean.x + span.right, batch.rows[strip], i);
      }
    }
  }
  static L FirstPixel(int begin) { return L(S(begin) + S(0.5)); }
  static void StoreRange(const L& low, const L& high, Ranges& ranges, int i) {
    using std::ceil;
    using std::floor;
    const L none(0), all{S(kSide)};
    const L first = Minimum(Maximum(ceil(low), none), all), end = Minimum(Maximum(floor(high) + L(1), none), all);
    StoreLanes<L>(first, ranges.first + i);
    StoreLanes<L>(Maximum(end, first), ranges.end + i);
  }

  // A splat on the tile, the same in all lanes.
  struct Splat {
    math::FoldedSplat<L> folded;  // mean relative to the centre of the tile's first pixel
    Vec3<L> color;
    L depth;
    uint32_t rows[kStrips];        // bit y: the ellipse reaches row y in the strip
    int first_column, end_column;  // the first one is a multiple of kLanes
  };
  static Splat LoadSplat(const Batch& batch, int i, const Rect& rect) {
    const S* r = batch.records + kRecordSize * batch.splat[i];
    Splat s;
    s.folded = {{L(r[kRecordMean]) - FirstPixel(rect.x0), L(r[kRecordMean + 1]) - FirstPixel(rect.y0)},
                L(batch.across[i]),
                L(batch.shear[i]),
                L(batch.along[i]),
                L(batch.log2_opacity[i])};
    s.color = {L(r[kRecordColor]), L(r[kRecordColor + 1]), L(r[kRecordColor + 2])};
    s.depth = L(r[kRecordDepth]);
    for (int strip = 0; strip < kStrips; ++strip) {
      const Ranges& rows = batch.rows[strip];
      s.rows[strip] = (1u << int(rows.end[i])) - (1u << int(rows.first[i]));
    }
    s.first_column = int(batch.columns.first[i]) / kLanes * kLanes;
    s.end_column = int(batch.columns.end[i]);
    return s;
  }

  static int LowestBit(uint32_t bits) { return __builtin_ctz(bits); }

  static constexpr S kNumbers[kSide] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  struct ForwardTile {
    Plane transmittance, color[3], depth;
  };
  template <bool kDepth>
  SPLAT_ALWAYS_INLINE static void DrawSplat(const Splat& s, uint32_t rows, ForwardTile& tile);
  template <bool kDepth>
  static void DrawTile(const BlendParams<S>& params, int64_t tile_index, ForwardTile& tile);

  struct BackwardTile {
    Plane transmittance;
    Plane loss_behind;             // gradient . (final pixel - composited so far)
    Plane grad_color[3];           // dL/dimage
    Plane grad_alpha, grad_depth;  // with kMaps only
  };
  // What the pixels of a splat add to its slot, by lane.
  struct SlotSums {
    L red, green, blue, depth;
    L m0, mx, mw, mxx, mxw, mww;
    L abs_x, abs_y;
  };
  // A splat on the columns from x on, one a lane. kMaps: alpha and depth have gradients. kAbs: the sums of absolute
  // values are wanted.
  template <bool kMaps, bool kAbs>
  SPLAT_ALWAYS_INLINE static void ReplayColumns(const Splat& s, int x, uint32_t rows, BackwardTile& tile,
                                                SlotSums& sums);
  template <bool kMaps, bool kAbs>
  SPLAT_ALWAYS_INLINE static void ReplaySplat(const Splat& splat, uint32_t rows, BackwardTile& tile, S* slot);
  template <bool kMaps>
  static void LoadTile(const BlendBackwardParams<S>& params, const Rect& rect, BackwardTile& tile);
  template <bool kMaps, bool kAbs>
  static void ReplayTile(const BlendBackwardParams<S>& params, int64_t tile_index);
};

template <typename L>
template <bool kDepth>
void TileBlend<L>::DrawSplat(const Splat& s, uint32_t rows, ForwardTile& tile) {
  const math::FoldedSplat<L> folded = s.folded;  // by value: nothing stored to the tile changes it
  const Vec3<L> color = s.color;
  for (int x = s.first_column; x < s.end_column; x += kLanes) {
    const L dx = folded.mean.x - (LaneIndices<L>() + L(kNumbers[x]));
    for (uint32_t left = rows & s.rows[x / kStrip]; left; left &= left - 1) {
      const int y = LowestBit(left);
      const L log2_alpha = math::Log2Alpha(folded, dx, math::OffsetAcross(folded, dx, L(kNumbers[y])));
      const L t = LoadLanes<L>(&tile.transmittance.at[y][x]);
      const auto drawn = math::IsDrawnByLog2(log2_alpha, t);
      if (!AnyLane(drawn)) continue;
      const L alpha = SelectOrZero(drawn, math::ClampAlpha(math::Exp2(log2_alpha)));
      const L weight = alpha * t;
      const auto add = [&](Plane& plane, const L& value) {
        StoreLanes<L>(MultiplyAdd(weight, value, LoadLanes<L>(&plane.at[y][x])), &plane.at[y][x]);
      };
      add(tile.color[0], color.x);
      add(tile.color[1], color.y);
      add(tile.color[2], color.z);
      if constexpr (kDepth) add(tile.depth, s.depth);
      StoreLanes<L>(math::TransmittanceBehind(alpha, t), &tile.transmittance.at[y][x]);
    }
  }
}

template <typename L>
template <bool kDepth>
void TileBlend<L>::DrawTile(const BlendParams<S>& params, int64_t tile_index, ForwardTile& tile) {
  const Rect rect = RectOf(tile_index, params.width, params.height);
  StartTransmittance(rect, tile.transmittance);
  for (Plane& plane : tile.color) plane.Fill(S(0));
  if constexpr (kDepth) tile.depth.Fill(S(0));
  const int64_t end = params.list.tile_begin[tile_index + 1];
  for (int64_t k = params.list.tile_begin[tile_index]; k < end; k += kBatch) {
    const uint32_t open = OpenRows(tile.transmittance);
    if (open == 0) break;
    Batch batch;
    LoadBatch(params, k, end, rect, batch);
    for (int i = 0; i < batch.size; ++i) DrawSplat<kDepth>(LoadSplat(batch, i, rect), open, tile);
  }
  for (int y = 0; y < rect.rows; ++y) {
    for (int x = 0; x < rect.columns; ++x) {
      const int64_t pixel = int64_t(rect.y0 + y) * params.width + rect.x0 + x;
      const S t = tile.transmittance.at[y][x];
      for (int c = 0; c < 3; ++c) params.out.image[3 * pixel + c] = tile.color[c].at[y][x] + t * params.background[c];
      params.out.alpha[pixel] = S(1) - t;
      if constexpr (kDepth) params.out.depth[pixel] = tile.depth.at[y][x];
    }
  }
}

template <typename L>
void TileBlend<L>::Forward(const BlendParams<S>& params, int64_t tile_index) {
  ForwardTile tile;
  if (params.out.depth) {
    DrawTile<true>(params, tile_index, tile);
  } else {
    DrawTile<false>(params, tile_index, tile);
  }
}

template <typename L>
template <bool kMaps, bool kAbs>
void TileBlend<L>::ReplayColumns(const Splat& s, int x, uint32_t rows, BackwardTile& tile, SlotSums& sums) {
  const math::FoldedSplat<L>& folded = s.folded;
  const L zero(0);
  // dx is constant down the columns of a vector, so only powers of the offset are summed up in them.
  const L dx = folded.mean.x - (LaneIndices<L>() + L(kNumbers[x]));
  L v_sum = zero, v_w = zero, v_w2 = zero;
  for (uint32_t left = rows & s.rows[x / kStrip]; left; left &= left - 1) {
    const int y = LowestBit(left);
    const L offset = math::OffsetAcross(folded, dx, L(kNumbers[y]));
    const L log2_alpha = math::Log2Alpha(folded, dx, offset);
    const L t = LoadLanes<L>(&tile.transmittance.at[y][x]);
    const auto drawn = math::IsDrawnByLog2(log2_alpha, t);
    if (!AnyLane(drawn)) continue;
    const L raw_alpha = math::Exp2(log2_alpha);
    const L alpha = SelectOrZero(drawn, math::ClampAlpha(raw_alpha));
    const L weight = alpha * t;
    math::PixelGrad<L> grad{LoadLanes<L>(&tile.grad_color[0].at[y][x]), LoadLanes<L>(&tile.grad_color[1].at[y][x]),
                            LoadLanes<L>(&tile.grad_color[2].at[y][x]), zero, zero};
    if constexpr (kMaps) {
      grad.alpha = LoadLanes<L>(&tile.grad_alpha.at[y][x]);
      grad.depth = LoadLanes<L>(&tile.grad_depth.at[y][x]);
      sums.depth = MultiplyAdd(weight, grad.depth, sums.depth);
    }
    const L loss = math::LossOfSplat<kMaps>(grad, s.color, s.depth);
    const L behind = math::LossBehind(LoadLanes<L>(&tile.loss_behind.at[y][x]), weight, loss);
    StoreLanes<L>(behind, &tile.loss_behind.at[y][x]);
    StoreLanes<L>(math::TransmittanceBehind(alpha, t), &tile.transmittance.at[y][x]);
    const L v = SelectOrZero(drawn, math::LogAlphaGrad(raw_alpha, math::AlphaGrad(alpha, t, loss, behind)));
    sums.red = MultiplyAdd(weight, grad.red, sums.red);
    sums.green = MultiplyAdd(weight, grad.green, sums.green);
    sums.blue = MultiplyAdd(weight, grad.blue, sums.blue);
    const L v_offset = v * offset;
    v_sum += v;
    v_w += v_offset;
    v_w2 = MultiplyAdd(v_offset, offset, v_w2);
    if constexpr (kAbs) {
      const Vec2<L> slope = math::Log2AlphaSlope(folded, dx, offset);
      sums.abs_x += math::Magnitude(v * slope.x);
      sums.abs_y += math::Magnitude(v * slope.y);
    }
  }
  const L v_dx = dx * v_sum;
  sums.m0 += v_sum;
  sums.mx += v_dx;
  sums.mw += v_w;
  sums.mxx = MultiplyAdd(dx, v_dx, sums.mxx);
  sums.mxw = MultiplyAdd(dx, v_w, sums.mxw);
  sums.mww += v_w2;
}

template <typename L>
template <bool kMaps, bool kAbs>
void TileBlend<L>::ReplaySplat(const Splat& splat, uint32_t rows, BackwardTile& tile, S* slot) {
  const Splat s = splat;  // by value: nothing stored to the tile changes it
  const L zero(0);
  SlotSums sums = {zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero};
  for (int x = s.first_column; x < s.end_column; x += kLanes) ReplayColumns<kMaps, kAbs>(s, x, rows, tile, sums);
  static_assert(kSlotColor == 0 && kSlotDepth == 3 && kSlotMoments == 4 && kSlotAbsMean == 10 && kSlotSize == 12,
                "the order below");
  const L per_ln(kLn2);
  StoreLaneSums(sums.red, sums.green, sums.blue, sums.depth, slot);
  StoreLaneSums(sums.m0, sums.mx, sums.mw, sums.mxx, slot + 4);
  StoreLaneSums(sums.mxw, sums.mww, per_ln * sums.abs_x, per_ln * sums.abs_y, slot + 8);
}

template <typename L>
template <bool kMaps>
void TileBlend<L>::LoadTile(const BlendBackwardParams<S>& params, const Rect& rect, BackwardTile& tile) {
  StartTransmittance(rect, tile.transmittance);
  tile.loss_behind.Fill(S(0));
  for (Plane& plane : tile.grad_color) plane.Fill(S(0));
  if constexpr (kMaps) {
    tile.grad_alpha.Fill(S(0));
    tile.grad_depth.Fill(S(0));
  }
  const PixelsView<S>& out = params.forward.out;
  for (int y = 0; y < rect.rows; ++y) {
    for (int x = 0; x < rect.columns; ++x) {
      const int64_t pixel = int64_t(rect.y0 + y) * params.forward.width + rect.x0 + x;
      const S* g = params.grad.image + 3 * pixel;
      const S* image = out.image + 3 * pixel;
      math::PixelGrad<S> grad = {g[0], g[1], g[2], S(0), S(0)};
      for (int c = 0; c < 3; ++c) tile.grad_color[c].at[y][x] = g[c];
      S alpha = S(0), depth = S(0);
      if constexpr (kMaps) {
        if (params.grad.alpha) grad.alpha = params.grad.alpha[pixel];
        if (params.grad.depth) grad.depth = params.grad.depth[pixel];
        tile.grad_alpha.at[y][x] = grad.alpha;
        tile.grad_depth.at[y][x] = grad.depth;
        alpha = out.alpha[pixel];
        depth = out.depth ? out.depth[pixel] : S(0);
      }
      tile.loss_behind.at[y][x] = math::LossOfPixel<kMaps>(grad, Vec3<S>{image[0], image[1], image[2]}, alpha, depth);
    }
  }
}

template <typename L>
template <bool kMaps, bool kAbs>
void TileBlend<L>::ReplayTile(const BlendBackwardParams<S>& params, int64_t tile_index) {
  const Rect rect = RectOf(tile_index, params.forward.width, params.forward.height);
  BackwardTile tile;
  LoadTile<kMaps>(params, rect, tile);
  const TileListView& list = params.forward.list;
  const int64_t end = list.tile_begin[tile_index + 1];
  int64_t k = list.tile_begin[tile_index];
  for (; k < end; k += kBatch) {
    const uint32_t open = OpenRows(tile.transmittance);
    if (open == 0) break;
    Batch batch;
    LoadBatch(params.forward, k, end, rect, batch);
    for (int i = 0; i < batch.size; ++i) {
      ReplaySplat<kMaps, kAbs>(LoadSplat(batch, i, rect), open, tile,
                               params.slots + int64_t(batch.slot[i]) * kSlotSize);
    }
  }
  for (; k < end; ++k) {
    S* slot = params.slots + int64_t(list.entries[k].slot) * kSlotSize;
    for (int j = 0; j < kSlotSize; ++j) slot[j] = S(0);
  }
}

template <typename L>
void TileBlend<L>::Backward(const BlendBackwardParams<S>& params, int64_t tile_index) {
  const bool maps = params.grad.alpha || params.grad.depth;
  if (maps) {
    params.abs_mean ? ReplayTile<true, true>(params, tile_index) : ReplayTile<true, false>(params, tile_index);
  } else {
    params.abs_mean ? ReplayTile<false, true>(params, tile_index) : ReplayTile<false, false>(params, tile_index);
  }
}

}  // namespace splat::kernels
