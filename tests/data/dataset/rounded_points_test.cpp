#include "data/dataset/rounded_points.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace splat::data {
namespace {

double AsFloat(double value) {
  volatile float rounded = float(value);  // GCC 12 may drop the rounding of three neighbours at once
  return double(rounded);
}

// 100 points within 3 units of a place; `as_floats` rounds them.
std::vector<Vec3<double>> PointsAt(const Vec3<double>& place, bool as_floats) {
  Random random(1);
  std::vector<Vec3<double>> points;
  for (int i = 0; i < 100; ++i) {
    Vec3<double> p = place + Vec3<double>{random.Uniform(-3, 3), random.Uniform(-3, 3), random.Uniform(-3, 3)};
    if (as_floats) p = {AsFloat(p.x), AsFloat(p.y), AsFloat(p.z)};
    points.push_back(p);
  }
  return points;
}

TEST(RoundedPoints, MapCoordinatesAsFloatsAreRounded) {
  EXPECT_EQ(RoundingOfFloats(PointsAt({500000, 4200000, 300}, true)), 0.5);
  EXPECT_EQ(RoundingOfFloats(PointsAt({500000, -2000000, 300}, true)), 0.125);
}

TEST(RoundedPoints, OthersAreNot) {
  EXPECT_EQ(RoundingOfFloats(PointsAt({500000, 4200000, 300}, false)), 0) << "doubles hold them";
  EXPECT_EQ(RoundingOfFloats(PointsAt({0, 0, 0}, true)), 0);
  EXPECT_EQ(RoundingOfFloats(PointsAt({1000, 1000, 0}, true)), 0) << "a local frame";
  EXPECT_EQ(RoundingOfFloats({}), 0);
}

}  // namespace
}  // namespace splat::data
