// One tile of Blend and BlendBackward on the CPU, for any kind of lanes (core/lanes.h): vectors of every instruction
// set, and plain float and double. A tile's pixels are planes of 16 x 16 numbers in the first-level cache; each splat
// runs down the columns of pixels that its ellipse's bounding box reaches, a vector of neighbouring columns at a time
// (docs/math.md, sections 6 and 7).
#pragma once

#include <cstdint>

#include "core/lanes.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"

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

  // The tile's part of the picture.
  struct Rect {
    int x0, y0, columns, rows;  // columns, rows: pixels inside the picture
  };
  static Rect RectOf(int64_t tile_index, int width, int height) {
    const int across = (width + kSide - 1) / kSide;
    const int x0 = int(tile_index % across) * kSide, y0 = int(tile_index / across) * kSide;
    return {x0, y0, width - x0 < kSide ? width - x0 : kSide, height - y0 < kSide ? height - y0 : kSide};
  }

  // Transmittance 1 inside the picture and 0 outside: no splat is drawn there.
  static void StartTransmittance(const Rect& rect, Plane& transmittance) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) transmittance.at[y][x] = (x < rect.columns) & (y < rect.rows) ? S(1) : S(0);
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

  // The first whole number from `low` on, and the first above `high`, both cut to [0, kSide]. NaN: an empty range.
  static int FirstFrom(S low) {
    if (!(low > S(0))) return 0;
    if (!(low < S(kSide))) return kSide;
    const int whole = int(low);
    return S(whole) < low ? whole + 1 : whole;
  }
  static int FirstAbove(S high) {
    if (!(high >= S(0))) return 0;
    return high < S(kSide) ? int(high) + 1 : kSide;
  }

  // The instances of a tile in batches, front to back.
  struct Batch {
    const S* record[kBatch];
    int32_t slot[kBatch];
    alignas(64) S log2_opacity[kBatch];
    int size;
  };
  static void LoadBatch(const BlendParams<S>& params, int64_t begin, int64_t end, Batch& batch) {
    batch.size = int(end - begin < kBatch ? end - begin : kBatch);
    for (int i = 0; i < batch.size; ++i) {
      const TileInstance& instance = params.list.entries[begin + i];
      batch.record[i] = params.projected.records + int64_t(kRecordSize) * instance.splat;
      batch.slot[i] = instance.slot;
      batch.log2_opacity[i] = batch.record[i][kRecordOpacity];
    }
    for (int i = batch.size; i < kBatch; ++i) batch.log2_opacity[i] = S(1);
    for (int i = 0; i < kBatch; i += kLanes) {
      StoreLanes<L>(math::Log2Opacity(LoadLanes<L>(batch.log2_opacity + i)), batch.log2_opacity + i);
    }
  }

  // A splat on the tile, the same in all lanes.
  struct Splat {
    math::FoldedSplat<L> folded;  // mean relative to the centre of the tile's first pixel
    Vec3<L> color;
    L depth;
    uint32_t rows;                 // bit y: the bounding box of the ellipse reaches row y
    int first_column, end_column;  // multiples of kLanes
  };
  static Splat LoadSplat(const Batch& batch, int i, const Rect& rect) {
    const S* r = batch.record[i];
    const S mean_x = r[kRecordMean] - (S(rect.x0) + S(0.5)), mean_y = r[kRecordMean + 1] - (S(rect.y0) + S(0.5));
    const S half_x = r[kRecordHalf], half_y = r[kRecordHalf + 1];
    const int row_begin = FirstFrom(mean_y - half_y), row_end = FirstAbove(mean_y + half_y);
    Splat s;
    s.folded = {{L(mean_x), L(mean_y)},
                math::FoldConic(SymMat2<L>{L(r[kRecordConic]), L(r[kRecordConic + 1]), L(r[kRecordConic + 2])}),
                L(batch.log2_opacity[i])};
    s.color = {L(r[kRecordColor]), L(r[kRecordColor + 1]), L(r[kRecordColor + 2])};
    s.depth = L(r[kRecordDepth]);
    s.rows = row_begin < row_end ? (1u << row_end) - (1u << row_begin) : 0;
    s.first_column = FirstFrom(mean_x - half_x) / kLanes * kLanes;
    s.end_column = FirstAbove(mean_x + half_x);
    return s;
  }

  static int LowestBit(uint32_t bits) { return __builtin_ctz(bits); }

  static constexpr S kNumbers[kSide] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  struct ForwardTile {
    Plane transmittance, color[3], depth;
  };
  template <bool kDepth>
  static void DrawSplat(const Splat& s, uint32_t rows, ForwardTile& tile);
  template <bool kDepth>
  static void DrawTile(const BlendParams<S>& params, int64_t tile_index, ForwardTile& tile);

  struct BackwardTile {
    Plane transmittance;
    Plane loss_behind;             // gradient . (final pixel - composited so far)
    Plane grad_color[3];           // dL/dimage
    Plane grad_alpha, grad_depth;  // with kMaps only
  };
  // Down the columns of a vector; dx is constant there, so only powers of dy are kept.
  struct ColumnSums {
    L red, green, blue, depth, v, v_dy, v_dy2, abs_x, abs_y;
  };
  // kMaps: alpha and depth have gradients. kAbs: the sums of absolute values are wanted.
  template <bool kMaps, bool kAbs>
  static void ReplaySplat(const Splat& s, uint32_t rows, BackwardTile& tile, S* slot);
  template <bool kMaps>
  static void LoadTile(const BlendBackwardParams<S>& params, const Rect& rect, BackwardTile& tile);
  template <bool kMaps, bool kAbs>
  static void ReplayTile(const BlendBackwardParams<S>& params, int64_t tile_index);
};

template <typename L>
template <bool kDepth>
void TileBlend<L>::DrawSplat(const Splat& s, uint32_t rows, ForwardTile& tile) {
  for (int x = s.first_column; x < s.end_column; x += kLanes) {
    const L dx = s.folded.mean.x - (LaneIndices<L>() + L(kNumbers[x]));
    for (uint32_t left = rows & s.rows; left; left &= left - 1) {
      const int y = LowestBit(left);
      const L log2_alpha = math::Log2Alpha(s.folded, dx, s.folded.mean.y - L(kNumbers[y]));
      const L t = LoadLanes<L>(&tile.transmittance.at[y][x]);
      const auto drawn = math::IsDrawnByLog2(log2_alpha, t);
      if (!AnyLane(drawn)) continue;
      const L alpha = Select(drawn, math::ClampAlpha(math::Exp2(log2_alpha)), L(0));
      const L weight = alpha * t;
      const auto add = [&](Plane& plane, const L& value) {
        StoreLanes<L>(MultiplyAdd(weight, value, LoadLanes<L>(&plane.at[y][x])), &plane.at[y][x]);
      };
      add(tile.color[0], s.color.x);
      add(tile.color[1], s.color.y);
      add(tile.color[2], s.color.z);
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
    LoadBatch(params, k, end, batch);
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
void TileBlend<L>::ReplaySplat(const Splat& s, uint32_t rows, BackwardTile& tile, S* slot) {
  const L zero(0);
  L red = zero, green = zero, blue = zero, depth = zero, m0 = zero, mx = zero, my = zero, mxx = zero, mxy = zero,
    myy = zero, abs_x = zero, abs_y = zero;
  for (int x = s.first_column; x < s.end_column; x += kLanes) {
    const L dx = s.folded.mean.x - (LaneIndices<L>() + L(kNumbers[x]));
    L v_sum = zero, v_dy = zero, v_dy2 = zero;
    for (uint32_t left = rows & s.rows; left; left &= left - 1) {
      const int y = LowestBit(left);
      const L dy = s.folded.mean.y - L(kNumbers[y]);
      const L log2_alpha = math::Log2Alpha(s.folded, dx, dy);
      const L t = LoadLanes<L>(&tile.transmittance.at[y][x]);
      const auto drawn = math::IsDrawnByLog2(log2_alpha, t);
      if (!AnyLane(drawn)) continue;
      const L raw_alpha = math::Exp2(log2_alpha);
      const L alpha = Select(drawn, math::ClampAlpha(raw_alpha), zero);
      const L weight = alpha * t;
      math::PixelGrad<L> grad{LoadLanes<L>(&tile.grad_color[0].at[y][x]), LoadLanes<L>(&tile.grad_color[1].at[y][x]),
                              LoadLanes<L>(&tile.grad_color[2].at[y][x]), zero, zero};
      if constexpr (kMaps) {
        grad.alpha = LoadLanes<L>(&tile.grad_alpha.at[y][x]);
        grad.depth = LoadLanes<L>(&tile.grad_depth.at[y][x]);
        depth = MultiplyAdd(weight, grad.depth, depth);
      }
      const L loss = math::LossOfSplat<kMaps>(grad, s.color, s.depth);
      const L behind = math::LossBehind(LoadLanes<L>(&tile.loss_behind.at[y][x]), weight, loss);
      StoreLanes<L>(behind, &tile.loss_behind.at[y][x]);
      StoreLanes<L>(math::TransmittanceBehind(alpha, t), &tile.transmittance.at[y][x]);
      const L v = Select(drawn, math::LogAlphaGrad(raw_alpha, math::AlphaGrad(alpha, t, loss, behind)), zero);
      red = MultiplyAdd(weight, grad.red, red);
      green = MultiplyAdd(weight, grad.green, green);
      blue = MultiplyAdd(weight, grad.blue, blue);
      const L along = v * dy;
      v_sum += v;
      v_dy += along;
      v_dy2 = MultiplyAdd(along, dy, v_dy2);
      if constexpr (kAbs) {
        const Vec2<L> slope = math::Log2AlphaSlope(s.folded, dx, dy);
        abs_x += math::Magnitude(v * slope.x);
        abs_y += math::Magnitude(v * slope.y);
      }
    }
    const L v_dx = dx * v_sum;
    m0 += v_sum;
    mx += v_dx;
    my += v_dy;
    mxx = MultiplyAdd(dx, v_dx, mxx);
    mxy = MultiplyAdd(dx, v_dy, mxy);
    myy += v_dy2;
  }
  static_assert(kSlotColor == 0 && kSlotDepth == 3 && kSlotMoments == 4 && kSlotAbsMean == 10 && kSlotSize == 12,
                "the order below");
  const L per_ln(math::kLn2);
  StoreLaneSums(red, green, blue, depth, slot);
  StoreLaneSums(m0, mx, my, mxx, slot + 4);
  StoreLaneSums(mxy, myy, per_ln * abs_x, per_ln * abs_y, slot + 8);
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
    LoadBatch(params.forward, k, end, batch);
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
