// This header finds the tiles that a splat reaches. A splat is drawn only where opacity exp(-q/2) >= kMinAlpha, that is
// q <= 2 t with t = ln(opacity / kMinAlpha): an ellipse, tighter than a 3-sigma box (docs/math.md, section 8; the row
// form is that of Hanson et al. 2024, "Speedy-Splat"). Counting and emission both go through TileColumnRangeOf.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "core/lanes.h"
#include "core/vec.h"
#include "rasterizer/math/thresholds.h"

namespace splat::math {

// A tile is kTileSize x kTileSize pixels: 256 pixels keep their state in the first-level cache, or in one thread block.
constexpr int kTileSize = 16;
constexpr int kTilePixels = kTileSize * kTileSize;

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

// A range of tiles as whole numbers of kind T, lane by lane; an empty one is 0 to 0.
template <typename T>
struct TileRange {
  T begin, end;
};

template <typename T>
SPLAT_HD inline TileSpan SpanOf(const TileRange<T>& range) {
  return {static_cast<int>(range.begin), static_cast<int>(range.end)};
}

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

// 2 t of the widened ellipse.
template <typename T>
SPLAT_HD inline T WidenedReach(T reach) {
  return T(2 * (1 + kReachMargin)) * reach + T(2 * kReachRounding);
}

// Half extents of the ellipse, px.
template <typename T>
SPLAT_HD inline Vec2<T> HalfExtents(const SymMat2<T>& cov, T reach) {
  using std::sqrt;
  const T two_t = WidenedReach(reach);
  return {sqrt(two_t * cov.xx), sqrt(two_t * cov.yy)};
}

// 1 / cov.xx (or yy) from the half extent along that axis and the reach >= 0; never negative.
template <typename T>
SPLAT_HD inline T InverseVariance(T half, T reach) {
  return WidenedReach(Maximum(reach, T(0))) / (half * half);
}

// Returns the tiles whose closed range of pixel centres [16 i + 0.5, 16 i + 15.5] meets [low, high], clipped to [0,
// tiles). NaN gives none.
template <typename T>
SPLAT_HD inline TileRange<T> TilesMeeting(T low, T high, int tiles) {
  using std::ceil;
  using std::floor;
  const T first = ceil((low - T(kTileSize - 0.5)) / T(kTileSize)), last = floor((high - T(0.5)) / T(kTileSize));
  const auto any = (first <= last) & (last >= T(0)) & (first < T(tiles));
  const T end = Select(last < T(tiles - 1), last + T(1), T(tiles));
  return {Select(any & (first > T(0)), first, T(0)), Select(any, end, T(0))};
}

// A bound on what rounding can take from a c - b^2 of a conic, as a share of a c. The difference cancels for a needle:
// at a length of 1,000 px little of it is left in a float.
template <typename T>
constexpr double kConicRounding = sizeof(ScalarOf<T>) == sizeof(float) ? 5e-7 : 1e-15;

// The splat's ellipse.
template <typename T>
struct TileEllipse {
  Vec2<T> mean;      // px
  SymMat2<T> conic;  // 1 / px^2
  Vec2<T> half;      // half extents, px
};

// Rows of tiles that the ellipse reaches.
template <typename T>
SPLAT_HD inline TileRange<T> TileRowRangeOf(const TileEllipse<T>& e, const TileGrid& grid) {
  return TilesMeeting(e.mean.y - e.half.y, e.mean.y + e.half.y, grid.rows);
}
template <typename T>
SPLAT_HD inline TileSpan TileRowsOf(const TileEllipse<T>& e, const TileGrid& grid) {
  return SpanOf(TileRowRangeOf(e, grid));
}

// The spans of all rows of an ellipse share these numbers: on the line v = y - mean.y it spans u = shear v +- width_per
// sqrt(half.y^2 - v^2), and it is right-most at v_right.
template <typename T>
struct EllipseChords {
  T shear, width_per, v_right;
};
template <typename T>
SPLAT_HD inline EllipseChords<T> ChordsOf(const TileEllipse<T>& e) {
  using std::sqrt;
  const T a = e.conic.xx, b = e.conic.xy;
  // The value is rounded up, so that a span is never too narrow.
  const T det = a * e.conic.yy * T(1 + kConicRounding<T>) - b * b;
  return {-b / a, sqrt(Select(det > T(0), det, T(0))) / a, -b * e.half.x / e.conic.yy};
}

// A span says where the ellipse lies between the lines v0 and v1: from left to right, relative to its mean. Where it
// does not meet that strip, left > right.
template <typename T>
struct EllipseSpan {
  T left, right;
};
template <typename T>
SPLAT_HD inline EllipseSpan<T> SpanInStrip(const Vec2<T>& half, const EllipseChords<T>& chords, T v0, T v1) {
  using std::sqrt;
  // The strip cut to the ellipse's own height.
  v0 = Select(v0 > -half.y, v0, -half.y);
  v1 = Select(v1 < half.y, v1, half.y);
  const T s0 = (half.y - v0) * (half.y + v0), s1 = (half.y - v1) * (half.y + v1);
  const T w0 = chords.width_per * sqrt(Select(s0 > T(0), s0, T(0)));
  const T w1 = chords.width_per * sqrt(Select(s1 > T(0), s1, T(0)));
  const T u0 = chords.shear * v0, u1 = chords.shear * v1;
  T right = Select(u1 + w1 > u0 + w0, u1 + w1, u0 + w0), left = Select(u1 - w1 < u0 - w0, u1 - w1, u0 - w0);
  // The right-most point (half.x, v_right) and its mirror image, where they lie inside the strip.
  const T v_right = chords.v_right;
  right = Select((v_right >= v0) & (v_right <= v1), half.x, right);
  left = Select((-v_right >= v0) & (-v_right <= v1), -half.x, left);
  const auto meets = v0 <= v1;
  return {Select(meets, left, T(1)), Select(meets, right, T(-1))};
}

// Columns of the tiles of row `row`, a whole number, that the ellipse reaches between the row's first and last pixel
// centre.
template <typename T>
SPLAT_HD inline TileRange<T> TileColumnRangeOf(const TileEllipse<T>& e, const EllipseChords<T>& chords,
                                               const TileGrid& grid, T row) {
  const T v0 = row * T(kTileSize) + T(0.5) - e.mean.y;
  const EllipseSpan<T> span = SpanInStrip(e.half, chords, v0, v0 + T(kTileSize - 1));
  const auto meets = span.left <= span.right;
  if (!AnyLane(meets)) return {T(0), T(0)};
  const TileRange<T> columns = TilesMeeting(e.mean.x + span.left, e.mean.x + span.right, grid.columns);
  return {Select(meets, columns.begin, T(0)), Select(meets, columns.end, T(0))};
}
template <typename T>
SPLAT_HD inline TileSpan TileSpanOfRow(const TileEllipse<T>& e, const TileGrid& grid, int row) {
  return SpanOf(TileColumnRangeOf(e, ChordsOf(e), grid, T(row)));
}

// The ellipse with rows and columns exchanged.
template <typename T>
SPLAT_HD inline TileEllipse<T> Transposed(const TileEllipse<T>& e) {
  return {{e.mean.y, e.mean.x}, {e.conic.yy, e.conic.xy, e.conic.xx}, {e.half.y, e.half.x}};
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
