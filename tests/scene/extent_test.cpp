#include "scene/extent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::CloudUnderSky;
using ::splat::testing::PointsAt;

TEST(Spheres, ReachTheFarthestPointAndNotTheStrays) {
  const Sphere around = SphereAround({{0, 0, 0}, {4, 0, 0}, {2, 3, 0}});
  EXPECT_NEAR(around.center.y, 1, 1e-12);
  EXPECT_NEAR(around.radius, std::sqrt(5.0), 1e-12);
  std::vector<float> means;
  for (int i = 0; i < 100; ++i) means.insert(means.end(), {i == 7 ? 1e6f : float(i), 0, 0});
  const SplatCloud cloud = PointsAt(means);
  const Sphere most = SphereAroundMost(AllOf(cloud));
  EXPECT_NEAR(most.center.x, 50, 1);
  EXPECT_NEAR(most.radius, 45, 1);
}

// An orbit around a single splat, or many in one place, is about as wide as that splat.
TEST(Spheres, AroundOnePointAreAsWideAsTheSplat) {
  SplatCloud cloud = PointsAt({1, 2, 3, 1, 2, 3});
  std::fill(cloud.log_scales.begin(), cloud.log_scales.end(), std::log(1e-4f));
  EXPECT_NEAR(SphereAroundMost(AllOf(cloud)).radius, 3e-4, 1e-8);
}

TEST(Spheres, AroundMostLeaveOutASkyThatMostSplatsStandFor) {
  const SplatCloud cloud = CloudUnderSky();
  const Sphere most = SphereAroundMost(AllOf(cloud));
  EXPECT_LT(Norm(most.center), 10);
  EXPECT_GT(most.radius, 30);
  EXPECT_LT(most.radius, 100);
}

}  // namespace
}  // namespace splat
