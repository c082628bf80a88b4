#include "scene/median_depth.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "core/vec.h"

namespace splat {
namespace {

Camera At(const Vec3<double>& place) {
  return {640, 480, 500, 500, 320, 240, {Identity3<double>(), -place}};
}

TEST(MedianDepth, IsThatBeforeTheSky) {
  std::vector<Vec3<double>> points(100, {0, 0, 3}), sky(500, {0, 5, 130});
  EXPECT_EQ(MedianDepth(At({0, 0, 0}), sky), 130) << "there is nothing else";
  points.insert(points.end(), sky.begin(), sky.end());
  EXPECT_EQ(MedianDepth(At({0, 0, 0}), points), 3);
  EXPECT_EQ(MedianDepth(At({0, 0, 200}), points), std::nullopt);
}

}  // namespace
}  // namespace splat
