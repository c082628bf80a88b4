// Which tiles a splat reaches. A splat is drawn only where opacity exp(-q/2) >= kMinAlpha, that is q <= 2 t with
// t = ln(opacity / kMinAlpha): an ellipse, tighter than a 3-sigma box (docs/math.md, section 8; the row form is that of
// Hanson et al. 2024, "Speedy-Splat"). Counting and emission both go through TileSpanOfRow.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "core/vec.h"
#include "rasterizer/math/constants.h"

namespace splat::math {

struct TileGrid {
  int columns = 0, rows = 0;
};

SPLAT_HD inline TileGrid TileGridOf(int width, int height) {
  return {(width + kTileSize - 1) / kTileSize, (height + kTileSize - 1) / kTileSize};
}

// Half-open range of tile columns or rows.
struct TileSpan {
  int begin = 0, end = 0;
};

// t of the ellipse q <= 2 t; not positive (or NaN) if the splat is drawn nowhere.
template <typename T>
SPLAT_HD inline T ReachOf(T opacity) {
  using std::log;
  return log(opacity / T(kMinAlpha));
}

// The ellipse is widened by this share of t, and t by the rounding of a float alpha, so that rounding never cuts off a
// pixel whose alpha is at the threshold.
constexpr double kReachMargin = 1e-4;
constexpr double kReachRounding = 1e-6;

// Half extents of the ellipse, px.
template <typename T>
SPLAT_HD inline Vec2<T> HalfExtents(const SymMat2<T>& cov, T reach) {
  using std::sqrt;
  const T two_t = T(2 * (1 + kReachMargin)) * reach + T(2 * kReachRounding);
  return {sqrt(two_t * cov.xx), sqrt(two_t * cov.yy)};
}

// Tiles whose closed range of pixel centres [16 i + 0.5, 16 i + 15.5] meets [low, high]; clipped to [0, tiles). NaN
// gives none.
template <typename T>
SPLAT_HD inline TileSpan TilesMeeting(T low, T high, int tiles) {
  using std::ceil;
  using std::floor;
  const T first = ceil((low - T(kTileSize - 0.5)) / T(kTileSize)), last = floor((high - T(0.5)) / T(kTileSize));
  if (!(first <= last) || !(last >= T(0)) || !(first < T(tiles))) return {};
  const int begin = first > T(0) ? static_cast<int>(first) : 0;
  const int end = last < T(tiles - 1) ? static_cast<int>(last) + 1 : tiles;
  return begin < end ? TileSpan{begin, end} : TileSpan{};
}

// Bound on what rounding can take from a c - b^2 of a conic, as a share of a c. Of a needle the difference cancels: at
// a length of 1,000 px little of it is left in a float.
template <typename T>
constexpr double kConicRounding = sizeof(T) == sizeof(float) ? 5e-7 : 1e-15;

// The splat's ellipse, ready for TileSpanOfRow.
template <typename T>
struct TileEllipse {
  Vec2<T> mean;      // px
  SymMat2<T> conic;  // 1 / px^2
  Vec2<T> half;      // half extents, px
};

// Rows of tiles that the ellipse reaches.
template <typename T>
SPLAT_HD inline TileSpan TileRowsOf(const TileEllipse<T>& e, const TileGrid& grid) {
  return TilesMeeting(e.mean.y - e.half.y, e.mean.y + e.half.y, grid.rows);
}

// Columns of the tiles of row `row` that the ellipse reaches between the row's first and last pixel centre.
template <typename T>
SPLAT_HD inline TileSpan TileSpanOfRow(const TileEllipse<T>& e, const TileGrid& grid, int row) {
  using std::sqrt;
  const T a = e.conic.xx, b = e.conic.xy;
  // The strip of pixel centres relative to the mean, cut to the ellipse's own height.
  T v0 = T(row * kTileSize) + T(0.5) - e.mean.y, v1 = v0 + T(kTileSize - 1);
  v0 = v0 > -e.half.y ? v0 : -e.half.y;
  v1 = v1 < e.half.y ? v1 : e.half.y;
  if (!(v0 <= v1)) return {};
  // On the line v the ellipse spans u = -b v / a +- sqrt(a c - b^2) / a * sqrt(half.y^2 - v^2).
  const T shear = -b / a;
  // Rounded up, so that a span is never too narrow.
  const T det = a * e.conic.yy * T(1 + kConicRounding<T>) - b * b;
  const T width_per = sqrt(det > T(0) ? det : T(0)) / a;
  const T s0 = (e.half.y - v0) * (e.half.y + v0), s1 = (e.half.y - v1) * (e.half.y + v1);
  const T w0 = width_per * sqrt(s0 > T(0) ? s0 : T(0)), w1 = width_per * sqrt(s1 > T(0) ? s1 : T(0));
  T right = shear * v0 + w0, left = shear * v0 - w0;
  right = shear * v1 + w1 > right ? shear * v1 + w1 : right;
  left = shear * v1 - w1 < left ? shear * v1 - w1 : left;
  // The right-most point (half.x, v_right) and its mirror image, where they lie inside the strip.
  const T v_right = -b * e.half.x / e.conic.yy;
  if (v_right >= v0 && v_right <= v1) right = e.half.x;
  if (-v_right >= v0 && -v_right <= v1) left = -e.half.x;
  return TilesMeeting(e.mean.x + left, e.mean.x + right, grid.columns);
}

// Whether an ellipse's bounding box meets the closed rectangle of the centres of columns x rows pixels, the first of
// which is pixel (x, y). NaN does not.
SPLAT_HD inline bool BoundsMeetPixels(const Vec2<float>& mean, const Vec2<float>& half, const Vec2<int>& first,
                                      int columns, int rows) {
  const float x = float(first.x) + 0.5f, y = float(first.y) + 0.5f;
  return mean.x + half.x >= x && mean.x - half.x <= x + float(columns - 1) && mean.y + half.y >= y &&
         mean.y - half.y <= y + float(rows - 1);
}

// Bits of a positive float order as the float does: the depth sort's key.
SPLAT_HD inline uint32_t DepthKey(float depth) {
  union {
    float f;
    uint32_t u;
  } bits;
  bits.f = depth;
  return bits.u;
}

}  // namespace splat::math
