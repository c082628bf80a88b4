#include "train/distinct_points.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace splat::train {
namespace {

// Points on a wavy surface about 0.07 apart.
data::PointCloud Surface(int side) {
  Random random(1);
  data::PointCloud cloud;
  for (int i = 0; i < side * side; ++i) {
    const double x = random.Uniform(0, 0.07 * side), y = random.Uniform(0, 0.07 * side);
    cloud.positions.push_back({x, y, 0.1 * x * y});
    cloud.colors.push_back({uint8_t(random.Below(200)), 100, 50});
  }
  return cloud;
}

// The first `points` of the cloud several times, up to `distance` away along each axis, behind each other.
data::PointCloud Copied(const data::PointCloud& cloud, size_t points, int copies, double distance) {
  Random random(2);
  data::PointCloud copied;
  for (size_t i = 0; i < cloud.positions.size(); ++i) {
    for (int k = 0; k < (i < points ? copies : 1); ++k) {
      const double x = random.Uniform(-1, 1), y = random.Uniform(-1, 1), z = random.Uniform(-1, 1);
      copied.positions.push_back(cloud.positions[i] + (k > 0 ? distance : 0) * Vec3<double>{x, y, z});
      copied.colors.push_back(cloud.colors[i]);
      copied.colors.back().y = uint8_t(100 + 2 * k);
    }
  }
  return copied;
}

bool Equal(const data::PointCloud& a, const data::PointCloud& b) {
  bool equal = a.positions.size() == b.positions.size();
  for (size_t i = 0; equal && i < a.positions.size(); ++i) equal = Norm(a.positions[i] - b.positions[i]) == 0;
  return equal;
}

TEST(DistinctPoints, NearCopiesCountOnce) {
  const data::PointCloud once = Surface(40), expected = DistinctPoints(once, 4);
  for (const int copies : {2, 3, 4, 8, 12, 17, 20, 100}) {
    for (const double distance : {0.0, 1e-6, 2e-5, 1e-4, 3e-4}) {
      const data::PointCloud distinct = DistinctPoints(Copied(once, once.positions.size(), copies, distance), 4);
      const double kept = double(distinct.positions.size()) / double(expected.positions.size());
      EXPECT_NEAR(kept, 1, 0.03) << copies << " copies up to " << distance << " away";
      EXPECT_EQ(distinct.colors[0].x, once.colors[0].x);
    }
  }
  const data::PointCloud three = DistinctPoints(Copied(once, once.positions.size(), 3, 1e-5), 4);
  EXPECT_EQ(three.colors[0].y, 102) << "the mean of 100, 102 and 104";
  EXPECT_EQ(Norm(three.positions[0] - once.positions[0]), 0) << "the place of the first";
}

// Reconstructions have some percent of points that nearly coincide. They keep all of their points, and their bits.
TEST(DistinctPoints, CloudsWithFewNearPointsStay) {
  const data::PointCloud once = Surface(40);
  EXPECT_TRUE(Equal(DistinctPoints(once, 4), once));
  const data::PointCloud some = Copied(once, once.positions.size() / 20, 2, 1e-4);
  EXPECT_TRUE(Equal(DistinctPoints(some, 4), some));
  const data::PointCloud some_often = Copied(once, once.positions.size() / 200, 20, 1e-4);  // a tenth of all
  EXPECT_TRUE(Equal(DistinctPoints(some_often, 4), some_often));
  const data::PointCloud half = Copied(once, once.positions.size() / 2, 2, 1e-4);
  EXPECT_LT(DistinctPoints(half, 4).positions.size(), once.positions.size() + 20);
}

// Where the copies of half of the points are many, all of them are found, and the other half stays.
TEST(DistinctPoints, ManyCopiesOfSomePointsCountOnce) {
  const data::PointCloud once = Surface(40);
  for (const int copies : {20, 40}) {
    const size_t kept = DistinctPoints(Copied(once, once.positions.size() / 2, copies, 1e-4), 4).positions.size();
    EXPECT_NEAR(double(kept) / double(once.positions.size()), 1, 0.03) << copies;
  }
}

// Small things far from each other are no copies, however many points each of them has.
TEST(DistinctPoints, ThingsWithRoomBetweenThemStay) {
  Random random(3);
  data::PointCloud cloud;
  for (int thing = 0; thing < 40; ++thing) {
    const Vec3<double> middle = {random.Uniform(0, 4), random.Uniform(0, 4), random.Uniform(0, 4)};
    for (int i = 0; i < 30; ++i) {
      const double x = random.Uniform(-1, 1), y = random.Uniform(-1, 1), z = random.Uniform(-1, 1);
      cloud.positions.push_back(middle + 0.05 * Vec3<double>{x, y, z});
      cloud.colors.push_back({100, 100, 100});
    }
  }
  EXPECT_TRUE(Equal(DistinctPoints(cloud, 4), cloud));
}

}  // namespace
}  // namespace splat::train
