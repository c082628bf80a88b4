#include "scene/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::CloudUnderSky;
using ::splat::testing::RandomCloud;
using ::testing::ElementsAre;

SplatCloud PointsAt(const std::vector<float>& means) {
  SplatCloud cloud(int64_t(means.size() / 3), 0);
  cloud.means = means;
  for (size_t i = 0; i < cloud.quats.size(); i += 4) cloud.quats[i] = 1;
  return cloud;
}

TEST(SortByMorton, WalksTheCornersOfACubeInOrderXyz) {
  const SplatCloud cloud = PointsAt({1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1});
  SplatSelection splats = AllOf(cloud);
  SortByMorton(splats);
  EXPECT_THAT(splats.rows(), ElementsAre(1, 3, 4, 5, 2, 6, 7, 0));
}

TEST(SortByMorton, BringsNeighboursTogether) {
  const SplatCloud cloud = RandomCloud(4000, 0);
  SplatSelection splats = AllOf(cloud);
  const auto path = [&] {
    double length = 0;
    for (int64_t i = 1; i < splats.count(); ++i) length += Norm(splats.Mean(i) - splats.Mean(i - 1));
    return length;
  };
  const double before = path();
  SortByMorton(splats);
  EXPECT_LT(path(), before / 4);
  std::vector<uint32_t> rows = splats.rows(), all(4000);
  std::sort(rows.begin(), rows.end());
  std::iota(all.begin(), all.end(), 0u);
  EXPECT_EQ(rows, all);
}

TEST(SortByMorton, KeepsTheOrderOfEqualPlacesAndOfNothing) {
  const SplatCloud cloud = PointsAt({5, 5, 5, 5, 5, 5, 5, 5, 5}), nothing = PointsAt({});
  SplatSelection splats = AllOf(cloud), none = AllOf(nothing);
  SortByMorton(splats);
  SortByMorton(none);
  EXPECT_THAT(splats.rows(), ElementsAre(0, 1, 2));
  EXPECT_EQ(none.count(), 0);
}

TEST(Importance, GoesByOpacityTimesVolume) {
  SplatCloud cloud = PointsAt({0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0});
  cloud.log_scales = {0, 0, 0, 1, 1, 1, 0, 0, 0, -1, 2, -1};
  cloud.opacity_logits = {0, -1, 1, 0};
  SplatSelection splats = AllOf(cloud);
  SortByImportance(splats);
  EXPECT_THAT(splats.rows(), ElementsAre(1, 2, 0, 3));
  SplatSelection kept = AllOf(cloud);
  KeepMostImportant(kept, 3);
  EXPECT_THAT(kept.rows(), ElementsAre(0, 1, 2));  // the first of two equals, in the order they had
  KeepMostImportant(kept, 100);
  EXPECT_EQ(kept.count(), 3);
}

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
  SplatSelection kept = AllOf(cloud);
  EXPECT_EQ(LeaveOutFar(kept, {1000, 16, 255}), 0);
}

// Of a small scene with a sky of 200 splats, too many to be strays.
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
