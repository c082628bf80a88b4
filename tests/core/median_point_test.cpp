#include "core/median_point.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(MedianPoint, AndTheDistanceFromItAreNotMovedByAFarPoint) {
  const std::vector<Vec3<double>> points = {{0, 5, 2}, {1, 6, 2}, {2, 7, 2}, {3, 8, 2}, {1e9, -1e9, 1e9}};
  const Vec3<double> middle = MedianPoint(points);
  EXPECT_EQ(middle.x, 2);
  EXPECT_EQ(middle.y, 6);
  EXPECT_EQ(middle.z, 2);
  EXPECT_EQ(MedianDistance({{1, 0, 0}, {0, 2, 0}, {0, 0, 1e9}}, {0, 0, 0}), 2);
}

}  // namespace
}  // namespace splat
