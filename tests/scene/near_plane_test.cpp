#include "scene/near_plane.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scene/extent.h"
#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;

// Visible splats in a ball of radius 0.5 `unit` around `middle`.
SplatCloud Ball(const Vec3<double>& middle, double unit) {
  SplatCloud cloud = testing::RandomCloud(400, 0);
  const double place[3] = {middle.x, middle.y, middle.z};
  for (size_t i = 0; i < cloud.means.size(); ++i) cloud.means[i] = float(unit * cloud.means[i] / 6 + place[i % 3]);
  for (float& value : cloud.opacity_logits) value = 3;
  for (float& value : cloud.log_scales) value += float(std::log(unit));
  return cloud;
}

Camera At(const Vec3<double>& place) {
  return {640, 480, 500, 500, 320, 240, {Identity3<double>(), -place}};
}

TEST(NearPlaneFor, IsTheSameShareOfTheDistanceInAnyUnit) {
  for (const double unit : {1e-4, 1.0, 1e4}) {
    const SplatCloud cloud = Ball({0, 0, 0}, unit);
    const std::vector<Camera> cameras(3, At({0, 0, -4 * unit}));
    EXPECT_NEAR(NearPlaneFor(cameras, AllOf(cloud)), kNearShare * 4 * unit, 0.01 * unit) << unit;
  }
}

TEST(NearPlaneFor, CamerasThatSeeNothingAreMeasuredFromTheMiddle) {
  const SplatCloud cloud = Ball({0, 0, 0}, 1);
  EXPECT_NEAR(NearPlaneFor({At({0, 0, 8})}, AllOf(cloud)), kNearShare * 8, 0.02);  // looks away
  const Vec3<double> middle = SphereAroundMost(AllOf(cloud)).center;
  EXPECT_GT(NearPlaneFor({At(middle)}, AllOf(cloud)), 0);
}

TEST(NearPlaneAt, IsLessWherePointsAreNear) {
  std::vector<Vec3<double>> points;
  for (int i = 0; i < 100; ++i) points.push_back({0, 0, 0.1 + 0.04 * i});
  EXPECT_NEAR(NearPlaneAt(4, {At({0, 0, 0})}, points), 0.15, 1e-9);  // half of the fifth depth of a hundred
  EXPECT_EQ(NearPlaneAt(4, {At({0, 0, -4})}, points), 0.2);
  EXPECT_EQ(NearPlaneAt(4, {At({0, 0, 0})}, {}), 0.2);
  EXPECT_EQ(NearPlaneAt(4, {At({0, 0, 8})}, points), 0.2) << "they are behind it";
}

}  // namespace
}  // namespace splat
