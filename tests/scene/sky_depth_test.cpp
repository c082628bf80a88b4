#include "scene/sky_depth.h"

#include <gtest/gtest.h>

#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::CloudUnderSky;
using ::splat::testing::RandomCloud;

TEST(SphereBeforeSky, HoldsTheLandscapeAndNotTheSky) {
  const SplatCloud cloud = CloudUnderSky();
  const auto sphere = SphereBeforeSky(AllOf(cloud));
  ASSERT_TRUE(sphere.has_value());
  SplatSelection scene = AllOf(cloud);
  CropToSphere(scene, *sphere);
  EXPECT_GE(scene.count(), 795);
  EXPECT_LE(scene.count(), 800);
}

TEST(SphereBeforeSky, IsNoneWithoutASky) {
  EXPECT_FALSE(SphereBeforeSky(AllOf(SplatCloud())).has_value());
  EXPECT_FALSE(SphereBeforeSky(AllOf(RandomCloud(800, 0))).has_value());
  // A landscape has no gap, however far it goes on.
  SplatCloud landscape = RandomCloud(4000, 0);
  for (size_t i = 0; i < landscape.means.size(); ++i) landscape.means[i] *= float(1 + 1e-5 * double(i / 3 * i / 3));
  EXPECT_FALSE(SphereBeforeSky(AllOf(landscape)).has_value());
  // Strays are no sky, and neither is what is not much farther away than the rest.
  SplatCloud strays = RandomCloud(1000, 0), wall = strays;
  for (size_t i = 0; i < 120; i += 3) strays.means[i] = 500;
  for (size_t i = 0; i < 1500; i += 3) wall.means[i] = 15;
  EXPECT_FALSE(SphereBeforeSky(AllOf(strays)).has_value());
  EXPECT_FALSE(SphereBeforeSky(AllOf(wall)).has_value());
}

}  // namespace
}  // namespace splat
