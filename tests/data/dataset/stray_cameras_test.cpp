#include "data/dataset/stray_cameras.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Around the origin, far from that of the coordinates.
std::vector<Vec3<double>> Circle(int count, double radius) {
  std::vector<Vec3<double>> centers;
  for (int i = 0; i < count; ++i) {
    const double angle = 6.283185307179586 * i / count;
    centers.push_back({1000 + radius * std::cos(angle), radius * std::sin(angle), 0.1 * i});
  }
  return centers;
}

TEST(StrayCameras, AreFoundInAnyUnit) {
  for (const double unit : {1e-4, 1.0, 1e4}) {
    std::vector<Vec3<double>> centers = Circle(24, 4);
    centers[7] = {1e3, 1e3, 0};
    centers[20] = {-1e6, 0, 0};
    for (Vec3<double>& center : centers) center = unit * center;
    EXPECT_THAT(StrayCameras(centers), ElementsAre(7, 20)) << unit;
  }
}

TEST(StrayCameras, AreNotThoseOfLongWaysOfPanoramasAndOfASecondPlace) {
  std::vector<Vec3<double>> way;
  for (int i = 0; i < 100; ++i) way.push_back({double(i * i), 0, 0});
  EXPECT_THAT(StrayCameras(way), IsEmpty());
  EXPECT_THAT(StrayCameras(std::vector<Vec3<double>>(20, Vec3<double>{1, 2, 3})), IsEmpty());
  std::vector<Vec3<double>> places = Circle(24, 4);
  for (int i = 0; i < 6; ++i) places[size_t(i)].x += 1e5;
  EXPECT_THAT(StrayCameras(places), IsEmpty());
  EXPECT_THAT(StrayCameras({{0, 0, 0}, {1, 0, 0}, {1e9, 0, 0}}), IsEmpty());
}

}  // namespace
}  // namespace splat::data
