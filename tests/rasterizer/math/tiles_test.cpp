#include "rasterizer/math/tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/random.h"
#include "rasterizer/math/blend.h"

namespace splat::math {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

template <typename T>
struct TestSplat {
  BlendSplat<T> blend;
  TileEllipse<T> ellipse;
};

// A splat of the given standard deviations (px, the low-pass included) along axes turned by `angle`.
template <typename T>
TestSplat<T> MakeSplat(double x, double y, double sigma_a, double sigma_b, double angle, double opacity) {
  const double c = std::cos(angle), s = std::sin(angle), va = sigma_a * sigma_a, vb = sigma_b * sigma_b;
  // In double first, so that a float splat is the rounded double one.
  const SymMat2<double> cov{va * c * c + vb * s * s, (va - vb) * c * s, va * s * s + vb * c * c};
  const double det = va * vb;
  const SymMat2<double> conic{cov.yy / det, -cov.xy / det, cov.xx / det};
  TestSplat<T> splat;
  splat.blend = {{T(x), T(y)}, {T(conic.xx), T(conic.xy), T(conic.yy)}, T(opacity)};
  const SymMat2<T> typed_cov{T(cov.xx), T(cov.xy), T(cov.yy)};
  splat.ellipse = {splat.blend.mean, splat.blend.conic, HalfExtents(typed_cov, ReachOf(T(opacity)))};
  return splat;
}

using Tiles = std::set<std::pair<int, int>>;  // (row, column)

template <typename T>
Tiles TilesOf(const TileEllipse<T>& ellipse, const TileGrid& grid) {
  Tiles tiles;
  const TileSpan rows = TileRowsOf(ellipse, grid);
  EXPECT_GE(rows.begin, 0);
  EXPECT_LE(rows.end, grid.rows);
  for (int row = rows.begin; row < rows.end; ++row) {
    const TileSpan span = TileSpanOfRow(ellipse, grid, row);
    EXPECT_GE(span.begin, 0);
    EXPECT_LE(span.end, grid.columns);
    EXPECT_LE(span.begin, span.end);
    for (int column = span.begin; column < span.end; ++column) tiles.insert({row, column});
  }
  return tiles;
}

// Tiles with a drawn pixel, pixel by pixel, with the arithmetic of the blend kernel (mean relative to the tile).
// `excess`: what alpha must be of the threshold.
template <typename T>
Tiles TilesWithDrawnPixels(const BlendSplat<T>& splat, int width, int height, double excess) {
  Tiles tiles;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int row = y / kTileSize, column = x / kTileSize;
      const T mx = splat.mean.x - (T(column * kTileSize) + T(0.5)), my = splat.mean.y - (T(row * kTileSize) + T(0.5));
      const T alpha = SplatAlpha(splat, mx - T(x % kTileSize), my - T(y % kTileSize));
      if (IsDrawn(alpha / T(excess), T(1))) tiles.insert({row, column});
    }
  }
  return tiles;
}

// Least q of the splat over the rectangle of a tile's pixel centres: 0 with the mean inside, else on one of the edges.
double LeastQuadratic(const BlendSplat<double>& s, int row, int column) {
  const double x0 = column * kTileSize + 0.5 - s.mean.x, y0 = row * kTileSize + 0.5 - s.mean.y;
  const double x1 = x0 + kTileSize - 1, y1 = y0 + kTileSize - 1;
  if (x0 <= 0 && x1 >= 0 && y0 <= 0 && y1 >= 0) return 0;
  const auto q = [&](double u, double v) { return 2 * HalfQuadratic(s.conic, u, v); };
  double least = kInf;
  for (const double u : {x0, x1}) least = std::min(least, q(u, std::clamp(-s.conic.xy * u / s.conic.yy, y0, y1)));
  for (const double v : {y0, y1}) least = std::min(least, q(std::clamp(-s.conic.xy * v / s.conic.xx, x0, x1), v));
  return least;
}

struct RandomSplatRange {
  double sigma_min, sigma_max, outside;  // px, px, share of the image
};

template <typename T>
TestSplat<T> RandomSplat(Random& random, const RandomSplatRange& range, int width, int height) {
  const auto sigma = [&] { return std::exp(random.Uniform(std::log(range.sigma_min), std::log(range.sigma_max))); };
  const double x = random.Uniform(-range.outside, 1 + range.outside) * width;
  const double y = random.Uniform(-range.outside, 1 + range.outside) * height;
  const double angle = random.Below(8) == 0 ? 1.5707963267948966 * random.Below(4) : random.Uniform(0, 3.2);
  const double opacity = random.Below(4) == 0 ? random.Uniform(0.00393, 0.0045) : random.Uniform(0.004, 1);
  const double a = sigma(), b = sigma();
  return MakeSplat<T>(x, y, a, b, angle, opacity);
}

TEST(TileGridOf, RoundsUp) {
  EXPECT_EQ(TileGridOf(1, 1).columns, 1);
  EXPECT_EQ(TileGridOf(16, 17).columns, 1);
  EXPECT_EQ(TileGridOf(16, 17).rows, 2);
  EXPECT_EQ(TileGridOf(4097, 33).columns, 257);
}

TEST(ReachOf, IsZeroAtTheThresholdAndNotPositiveBelow) {
  EXPECT_FALSE(ReachOf(kMinAlpha) > 0) << "drawn in one point at most: treated as invisible";
  EXPECT_FALSE(ReachOf(float(kMinAlpha)) > 0);
  EXPECT_GT(ReachOf(kMinAlpha * 1.001), 0);
  EXPECT_LT(ReachOf(kMinAlpha * 0.999), 0);
  EXPECT_FALSE(ReachOf(0.0) > 0);
  EXPECT_FALSE(ReachOf(kNan) > 0);
  EXPECT_NEAR(ReachOf(1.0), std::log(255), 1e-14);
}

TEST(HalfExtents, AreWhereTheAlphaFallsToTheThreshold) {
  const auto s = MakeSplat<double>(0, 0, 5, 2, 0, 0.7);
  EXPECT_NEAR(SplatAlpha(s.blend, s.ellipse.half.x, 0.0), kMinAlpha, 2e-3 * kMinAlpha);
  EXPECT_NEAR(SplatAlpha(s.blend, 0.0, s.ellipse.half.y), kMinAlpha, 2e-3 * kMinAlpha);
  EXPECT_LT(SplatAlpha(s.blend, s.ellipse.half.x, 0.0), kMinAlpha) << "the margin lies outside";
}

TEST(TilesMeeting, TakesTilesWhosePixelCentresAreInTheClosedRange) {
  const auto span = [](double low, double high) {
    const TileSpan s = SpanOf(TilesMeeting(low, high, 4));
    return std::make_pair(s.begin, s.end);
  };
  const auto none = std::make_pair(0, 0);
  EXPECT_EQ(span(15.5, 15.5), std::make_pair(0, 1)) << "the last centre of tile 0";
  EXPECT_EQ(span(16.5, 16.5), std::make_pair(1, 2)) << "the first centre of tile 1";
  EXPECT_EQ(span(15.6, 16.4), none) << "between two pixel centres";
  EXPECT_EQ(span(15.5, 16.5), std::make_pair(0, 2));
  EXPECT_EQ(span(-100, 0.49), none) << "left of the first centre";
  EXPECT_EQ(span(-100, 0.5), std::make_pair(0, 1));
  EXPECT_EQ(span(63.5, 1000), std::make_pair(3, 4));
  EXPECT_EQ(span(63.51, 1000), none) << "right of the last centre";
  EXPECT_EQ(span(-kInf, kInf), std::make_pair(0, 4));
  EXPECT_EQ(span(-1e300, 1e300), std::make_pair(0, 4));
  EXPECT_EQ(span(kNan, 4), none);
  EXPECT_EQ(span(4, kNan), none);
}

// Exact in both directions: a tile is given if and only if its rectangle of pixel centres meets the ellipse.
TEST(TileSpanOfRow, GivesExactlyTheTilesThatTheEllipseMeets) {
  Random random(1);
  constexpr int kWidth = 200, kHeight = 121;
  const TileGrid grid = TileGridOf(kWidth, kHeight);
  const RandomSplatRange ranges[] = {{0.6, 3, 0.1}, {0.6, 60, 0.5}, {0.6, 3000, 3}, {100, 1e5, 50}};
  int given = 0;
  for (int trial = 0; trial < 8000; ++trial) {
    const auto s = RandomSplat<double>(random, ranges[trial % 4], kWidth, kHeight);
    const Tiles tiles = TilesOf(s.ellipse, grid);
    given += int(tiles.size());
    const double limit = 2 * ReachOf(s.blend.opacity), slack = 1.01 * (limit * kReachMargin + 2 * kReachRounding);
    for (int row = 0; row < grid.rows; ++row) {
      for (int column = 0; column < grid.columns; ++column) {
        const double least = LeastQuadratic(s.blend, row, column);
        if (tiles.count({row, column})) {
          ASSERT_LE(least, limit + slack) << "trial " << trial << ": given in vain " << row << ", " << column;
        } else {
          ASSERT_GT(least, limit) << "trial " << trial << ": lost " << row << ", " << column;
        }
      }
    }
  }
  EXPECT_GT(given, 50000);
}

// Every drawn pixel, tried one by one in the arithmetic of the float kernels. `share`: of the given tiles that draw
// something; those in vain are corners between pixel centres and needles that slip between them.
template <typename T>
void ExpectNoPixelLost(uint64_t seed, const RandomSplatRange& range, int trials, double share, double excess = 1) {
  Random random(seed);
  constexpr int kWidth = 133, kHeight = 77;
  const TileGrid grid = TileGridOf(kWidth, kHeight);
  size_t given = 0, hit = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const auto s = RandomSplat<T>(random, range, kWidth, kHeight);
    const Tiles tiles = TilesOf(s.ellipse, grid), drawn = TilesWithDrawnPixels(s.blend, kWidth, kHeight, excess);
    ASSERT_TRUE(std::includes(tiles.begin(), tiles.end(), drawn.begin(), drawn.end()))
        << "trial " << trial << ": " << tiles.size() << " tiles given, " << drawn.size() << " have drawn pixels";
    given += tiles.size();
    hit += drawn.size();
  }
  EXPECT_GT(hit, 100u);
  EXPECT_GE(double(hit), share * double(given)) << hit << " of " << given;
}

TEST(TileSpanOfRow, LosesNoPixelOfSmallSplats) {
  ExpectNoPixelLost<float>(2, {0.56, 6, 0.1}, 1500, 0.9);
  ExpectNoPixelLost<double>(2, {0.56, 6, 0.1}, 500, 0.9);
}
TEST(TileSpanOfRow, LosesNoPixelOfNeedles) {
  ExpectNoPixelLost<float>(3, {0.56, 300, 0.5}, 1500, 0.9);
  ExpectNoPixelLost<double>(3, {0.56, 300, 0.5}, 500, 0.9);
}
TEST(TileSpanOfRow, LosesNoPixelOfHugeSplatsFarOutside) {
  ExpectNoPixelLost<float>(4, {50, 30000, 30}, 1500, 0.95);
  ExpectNoPixelLost<double>(4, {50, 30000, 30}, 500, 0.95);
}
// The two terms of the float conic of such needles cancel to some 1 % of q across the image: pixels at the threshold
// flicker.
TEST(TileSpanOfRow, LosesNoPixelWellAboveTheThresholdOfTheLongestNeedles) {
  ExpectNoPixelLost<float>(5, {0.56, 3000, 0.5}, 4000, 0.9, 1.02);
}

// Barely visible splats that are huge: t is as small as the rounding of alpha, and the ellipse still covers pixels.
TEST(TileSpanOfRow, LosesNoPixelOfOpacitiesARoundingAboveTheThreshold) {
  constexpr int kWidth = 96, kHeight = 96;
  const TileGrid grid = TileGridOf(kWidth, kHeight);
  Random random(6);
  int drawn_tiles = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const double opacity = kMinAlpha * (1 + std::pow(10.0, random.Uniform(-6.8, -3)));
    const double sigma = std::pow(10.0, random.Uniform(1, 4.5));
    const auto s =
        MakeSplat<float>(random.Uniform(0, kWidth), random.Uniform(0, kHeight), sigma, sigma * 0.7, 0.4, opacity);
    if (!(ReachOf(s.blend.opacity) > 0)) continue;
    const Tiles tiles = TilesOf(s.ellipse, grid), drawn = TilesWithDrawnPixels(s.blend, kWidth, kHeight, 1);
    ASSERT_TRUE(std::includes(tiles.begin(), tiles.end(), drawn.begin(), drawn.end()))
        << "trial " << trial << ", opacity " << opacity * 255 << " / 255, sigma " << sigma;
    drawn_tiles += int(drawn.size());
  }
  EXPECT_GT(drawn_tiles, 1000);
}

TEST(TileSpanOfRow, GivesNothingForAMeanFarOutside) {
  const TileGrid grid = TileGridOf(100, 100);
  for (const double far : {-1e3, 1e3, -1e9, 1e9}) {
    EXPECT_TRUE(TilesOf(MakeSplat<double>(far, 50, 5, 2, 0.3, 0.9).ellipse, grid).empty());
    EXPECT_TRUE(TilesOf(MakeSplat<double>(50, far, 5, 2, 0.3, 0.9).ellipse, grid).empty());
    EXPECT_TRUE(TilesOf(MakeSplat<float>(far, far, 5, 2, 0.3, 0.9).ellipse, grid).empty());
  }
}

TEST(TileSpanOfRow, GivesAllTilesToASplatThatCoversThem) {
  const TileGrid grid = TileGridOf(333, 111);
  EXPECT_EQ(TilesOf(MakeSplat<float>(160, 50, 1e5, 1e5, 0.3, 0.9).ellipse, grid).size(),
            size_t(grid.rows * grid.columns));
}

TEST(TileSpanOfRow, GivesNothingForNan) {
  const TileGrid grid = TileGridOf(100, 100);
  auto s = MakeSplat<double>(50, 50, 5, 2, 0.3, 0.9).ellipse;
  s.mean.x = kNan;
  EXPECT_TRUE(TilesOf(s, grid).empty());
  s.mean = {50, kNan};
  EXPECT_TRUE(TilesOf(s, grid).empty());
  s.mean = {50, 50};
  s.half.y = kNan;
  EXPECT_TRUE(TilesOf(s, grid).empty());
}

TEST(DepthKey, OrdersAsTheDepths) {
  float previous = 0.0f;
  for (const float depth : {1e-40f, 1e-20f, 0.2f, 0.20000002f, 1.0f, 3.5f, 1e10f, 3e38f}) {
    EXPECT_LT(DepthKey(previous), DepthKey(depth));
    previous = depth;
  }
}

}  // namespace
}  // namespace splat::math
