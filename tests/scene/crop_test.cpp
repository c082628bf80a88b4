#include "scene/crop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>

#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::CloudUnderSky;
using ::splat::testing::PointsAt;
using ::splat::testing::RandomCloud;
using ::testing::ElementsAre;

TEST(LeaveOutFar, KeepsASkyThatMostSplatsStandFor) {
  const SplatCloud cloud = CloudUnderSky();
  SplatSelection kept = AllOf(cloud);
  EXPECT_EQ(LeaveOutFar(kept, {1000, 16, 255}), 0);
}

// This is a small scene with a sky of 200 splats, which are too many to be strays.
TEST(LeaveOutFar, KeepsASkyOfFewSplats) {
  SplatCloud cloud = RandomCloud(1000, 0);
  for (size_t i = 0; i < 600; i += 3) cloud.means[i] = 160;
  SplatSelection kept = AllOf(cloud);
  ASSERT_LT(16 * SphereAroundMost(kept).radius, 100);
  EXPECT_EQ(LeaveOutFar(kept, {1000, 16, 255}), 0);
  cloud = RandomCloud(1000, 0);
  for (size_t i = 0; i < 90; i += 3) cloud.means[i] = 160;
  kept = AllOf(cloud);
  EXPECT_EQ(LeaveOutFar(kept, {1000, 16, 255}), 30) << "those are strays";
}

TEST(Crop, KeepsWhatLiesInside) {
  const SplatCloud cloud = PointsAt({0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, -3});
  SplatSelection in_box = AllOf(cloud), in_sphere = AllOf(cloud);
  CropToBox(in_box, {{0, -1, -5}, {1, 1, 5}});
  EXPECT_THAT(in_box.rows(), ElementsAre(0, 1, 3));
  CropToSphere(in_sphere, {{0, 1, 0}, 1.5});
  EXPECT_THAT(in_sphere.rows(), ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace splat
