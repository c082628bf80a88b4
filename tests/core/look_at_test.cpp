#include "core/look_at.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(LookAt, HasTheTargetInTheMiddleAndUpUpwards) {
  const Vec3<double> eye = {1, 2, 3}, target = {4, -2, 3}, up = {0, 0, 1};
  const Rigid3 pose = LookAt(eye, target, up);
  EXPECT_NEAR(Norm(pose * eye), 0, 1e-12);
  const Vec3<double> seen = pose * target;
  EXPECT_NEAR(seen.x, 0, 1e-12);
  EXPECT_NEAR(seen.y, 0, 1e-12);
  EXPECT_NEAR(seen.z, 5, 1e-12);
  const Vec3<double> above = pose * (target + up), right = pose * (target + Vec3<double>{-4, -3, 0});
  EXPECT_NEAR(above.y, -1, 1e-12);
  EXPECT_NEAR(above.x, 0, 1e-12);
  EXPECT_NEAR(right.x, 5, 1e-12);
  EXPECT_NEAR(Determinant(pose.rotation), 1, 1e-12);
}

}  // namespace
}  // namespace splat
