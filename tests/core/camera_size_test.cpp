#include "core/camera_size.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(ResizedWithin, LimitsTheLongerSideAndKeepsTheFieldOfView) {
  const Camera camera = {300, 400, 200, 210, 150, 190, {}};
  const Camera small = ResizedWithin(camera, 100);
  EXPECT_EQ(small.width, 75);
  EXPECT_EQ(small.height, 100);
  EXPECT_DOUBLE_EQ(small.fx, 50);
  EXPECT_DOUBLE_EQ(small.fy, 52.5);
  EXPECT_DOUBLE_EQ(small.cy, 47.5);
  EXPECT_EQ(ResizedWithin(camera, 400).width, 300);
  EXPECT_EQ(ResizedWithin(camera, 4000).height, 400);
  EXPECT_EQ(ResizedWithin({1, 1000, 1, 1, 0.5, 500, {}}, 10).width, 1);  // never empty
}

}  // namespace
}  // namespace splat
