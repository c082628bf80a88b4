#include "train/point_spacing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/quantile.h"
#include "core/random.h"

namespace splat::train {
namespace {

using Points = std::vector<Vec3<double>>;

// Points on a wavy surface, 100 per unit of area on an average.
Points Surface() {
  Random random(1);
  Points points;
  for (int i = 0; i < 1600; ++i) {
    const double x = random.Uniform(0, 4), y = random.Uniform(0, 4);
    points.push_back({x, y, 0.1 * x * y});
  }
  return points;
}

// Each point copies(i) times, each up to `distance` away along each axis.
template <typename Copies>
Points Copied(const Points& points, double distance, Copies copies) {
  Random random(2);
  Points copied;
  for (size_t i = 0; i < points.size(); ++i) {
    for (int k = 0; k < copies(i); ++k) {
      const double x = random.Uniform(-1, 1), y = random.Uniform(-1, 1), z = random.Uniform(-1, 1);
      copied.push_back(points[i] + distance * Vec3<double>{x, y, z});
    }
  }
  return copied;
}

// The mean distance to the three nearest of all other points.
double ToNearest(const Points& points, size_t i) {
  std::vector<double> distances;
  for (const Vec3<double>& point : points) distances.push_back(Norm(point - points[i]));
  std::sort(distances.begin(), distances.end());
  return (distances[1] + distances[2] + distances[3]) / 3;
}

void ExpectToNearest(const Points& points) {
  const std::vector<double> spacing = PointSpacing(points);
  ASSERT_EQ(spacing.size(), points.size());
  for (size_t i = 0; i < points.size(); i += 7) EXPECT_NEAR(spacing[i], ToNearest(points, i), 1e-12) << i;
}

TEST(PointSpacing, NearCopiesHaveTheSpacingOfTheirPlaces) {
  const Points once = Surface();
  const double expected = Median(PointSpacing(once));  // 0.06
  for (const int copies : {3, 4, 5, 8, 12}) {
    for (const double distance : {0.002, 0.005, 0.01, 0.02}) {
      const Points copied = Copied(once, distance, [&](size_t) { return copies; });
      EXPECT_NEAR(Median(PointSpacing(copied)) / expected, 1, 0.15) << copies << " copies, " << distance << " apart";
    }
  }
}

// Where scans overlap, places have one to several points. No splat may be as small as the noise.
TEST(PointSpacing, PlacesMayHaveCopiesOfDifferentNumber) {
  const Points once = Surface();
  const std::vector<double> expected = PointSpacing(once);
  for (const int most : {4, 8}) {
    Random random(5);
    const Points copied = Copied(once, 0.005, [&](size_t) { return int(random.Below(uint64_t(most))) + 1; });
    const std::vector<double> spacing = PointSpacing(copied);
    EXPECT_GT(Quantile(spacing, 0.05), Quantile(expected, 0.05) * 0.5) << most;
    EXPECT_LT(Quantile(spacing, 0.95), Quantile(expected, 0.95) * 2) << most;
  }
}

TEST(PointSpacing, PointsWithoutCopiesAndPairsHaveThatOfTheirNeighbours) {
  ExpectToNearest(Surface());
  ExpectToNearest(Copied(Surface(), 0.005, [](size_t i) { return i % 3 == 0 ? 2 : 1; }));
  ExpectToNearest(Copied(Surface(), 0.001, [](size_t i) { return i % 200 == 0 ? 10 : 1; }));
}

// Points in rows, as of depth images, have gaps in the distances of their neighbours, but are not crowded.
TEST(PointSpacing, PointsInRowsHaveThatOfTheirNeighbours) {
  for (const double noise : {0.0, 0.003}) {
    Random random(3);
    Points rows, cubes;
    for (int i = 0; i < 1728; ++i) {
      const Vec3<double> off = {random.Uniform(-1, 1), random.Uniform(-1, 1), random.Uniform(-1, 1)};
      rows.push_back(Vec3<double>{0.1 * (i % 48), 0.1 * (i / 48), 0} + noise * off);
      cubes.push_back(Vec3<double>{0.1 * (i % 12), 0.1 * (i / 12 % 12), 0.1 * (i / 144)} + noise * off);
    }
    ExpectToNearest(rows);
    ExpectToNearest(cubes);
  }
}

TEST(PointSpacing, FewPoints) {
  EXPECT_EQ(PointSpacing({{1, 2, 3}}), std::vector<double>{0});
  EXPECT_EQ(PointSpacing({{1, 2, 3}, {1, 2, 5}}), (std::vector<double>{2, 2}));
  Points points = Surface();
  points.resize(20);
  ExpectToNearest(points);
}

}  // namespace
}  // namespace splat::train
