#include "capture/trajectory.h"

#include <gtest/gtest.h>

#include "core/camera.h"
#include "core/check.h"

namespace splat::capture {
namespace {

constexpr double kExact = 1e-12;  // a few roundings in double

TEST(LookAt, PutsTheTargetOnTheAxisWithTheWorldUpright) {
  const Vec3<double> eye = {1, 2, 1.5}, target = {0.2, -0.1, 0.7};
  const Rigid3 pose = LookAt(eye, target);
  const Vec3<double> seen = pose * target;
  EXPECT_NEAR(seen.x, 0, kExact);
  EXPECT_NEAR(seen.y, 0, kExact);
  EXPECT_NEAR(seen.z, Norm(target - eye), kExact);
  EXPECT_NEAR(Determinant(pose.rotation), 1, kExact);
  const Vec3<double> up = pose.rotation * Vec3<double>{0, 0, 1};
  EXPECT_NEAR(up.x, 0, kExact);
  EXPECT_LT(up.y, 0) << "y points down in the camera";
}

TEST(OrbitPoses, GoOnceAroundAndLookInwards) {
  OrbitOptions options;
  options.photos = 24;
  options.radius = 1.75;
  options.height = 1.42;
  options.height_variation = 0.22;
  options.jitter = 0.01;
  options.seed = 1;
  const std::vector<Rigid3> poses = OrbitPoses(options, {0, 0, 0.8});
  ASSERT_EQ(poses.size(), 24u);
  double turned = 0;
  for (size_t i = 0; i < poses.size(); ++i) {
    const Vec3<double> here = CameraCenterInWorld({0, 0, 0, 0, 0, 0, poses[i]});
    const Vec3<double> next = CameraCenterInWorld({0, 0, 0, 0, 0, 0, poses[(i + 1) % poses.size()]});
    const double angle = std::atan2(here.x * next.y - here.y * next.x, here.x * next.x + here.y * next.y);
    EXPECT_GT(angle, 0);
    turned += angle;
    EXPECT_NEAR(std::hypot(here.x, here.y), options.radius, 0.2);
    EXPECT_GT(Dot(Row(poses[i].rotation, 2), Vec3<double>{0, 0, 0.8} - here), 0);
  }
  EXPECT_NEAR(turned, 6.283185307179586, kExact);
}

TEST(HeldAs, TurnsTheCameraWhereItStands) {
  const Rigid3 upright = LookAt({1, 2, 1.5}, {0, 0, 0});
  for (const int orientation : {1, 3, 6, 8}) {
    const Rigid3 held = HeldAs(upright, orientation);
    const Vec3<double> moved = CameraCenterInWorld({0, 0, 0, 0, 0, 0, held}) - Vec3<double>{1, 2, 1.5};
    EXPECT_NEAR(Norm(moved), 0, kExact);
    EXPECT_NEAR(Norm(Row(held.rotation, 2) - Row(upright.rotation, 2)), 0, kExact);
    EXPECT_NEAR(Determinant(held.rotation), 1, kExact);
  }
  EXPECT_THROW(HeldAs(upright, 2), Error);
}

}  // namespace
}  // namespace splat::capture
