#include "scene/splat_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::PointsAt;
using ::splat::testing::RandomCloud;
using ::testing::ElementsAre;

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

}  // namespace
}  // namespace splat
