#include "scene/sampled_means.h"

#include <gtest/gtest.h>

#include <cstddef>

#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::RandomCloud;

TEST(SampledMeans, AreOfEveryNthSplatThatIsOpaqueEnough) {
  SplatCloud cloud = RandomCloud(100, 0);
  for (size_t i = 0; i < 100; ++i) {
    cloud.means[3 * i] = float(i);
    cloud.opacity_logits[i] = i % 20 == 0 ? -6.0f : 0.0f;
  }
  const auto all = SampledMeans(AllOf(cloud), 10);
  ASSERT_EQ(all.size(), 10u);
  EXPECT_EQ(all[3].x, 30);
  const auto opaque = SampledMeans(AllOf(cloud), 10, 0.4);
  ASSERT_EQ(opaque.size(), 5u);
  EXPECT_EQ(opaque[1].x, 30);
  EXPECT_EQ(VisibleMeans(AllOf(cloud)).size(), 95u);
}

}  // namespace
}  // namespace splat
