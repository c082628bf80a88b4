#include "scene/orbit.h"
#include "core/camera.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

namespace splat {
namespace {

std::vector<Rigid3> PosesOf(const Orbit& orbit, int count) {
  std::vector<Rigid3> poses;
  for (const NamedCamera& named : OrbitCameras(orbit, count, 64)) poses.push_back(named.camera.camera_from_world);
  return poses;
}

TEST(OrbitCameras, LookAtTheCenterFromACircle) {
  const Orbit orbit = {{1, 2, 3}, 4, 1};
  const std::vector<Rigid3> poses = PosesOf(orbit, 8);
  ASSERT_EQ(poses.size(), 8u);
  for (const Rigid3& pose : poses) {
    const Vec3<double> seen = pose * orbit.center, place = CameraCenterInWorld(pose) - orbit.center;
    EXPECT_NEAR(std::hypot(seen.x, seen.y), 0, 1e-12);
    EXPECT_NEAR(seen.z, std::sqrt(17.0), 1e-12);
    EXPECT_NEAR(place.y, -1, 1e-12) << "above is -y";
  }
  EXPECT_NEAR(Norm(CameraCenterInWorld(poses[0]) - CameraCenterInWorld(poses[4])), 8, 1e-12) << "opposite ones";
}

TEST(OrbitAround, HasAllOfTheSceneInView) {
  const Sphere scene = {{1, 2, 3}, 5};
  for (const Rigid3& pose : PosesOf(OrbitAround(scene), 3)) {
    const double distance = (pose * scene.center).z;
    EXPECT_GT(std::tan(25 * kRadiansPerDegree) * distance, scene.radius);
    EXPECT_LT(distance, 3 * scene.radius);
  }
}

TEST(OrbitOfCameras, IsTheCircleThatTheyStandOn) {
  const Orbit taken = {{1, 2, 3}, 4, -1};
  std::vector<Rigid3> poses = PosesOf(taken, 20);
  const auto found = OrbitOfCameras(poses, taken.center);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->radius, 4, 1e-9);
  EXPECT_NEAR(found->height, -1, 1e-9);
  EXPECT_NEAR(found->to - found->from, 2 * kPi, 1e-12);
  poses.resize(3);
  EXPECT_EQ(OrbitOfCameras(poses, taken.center), std::nullopt) << "too few";
}

TEST(OrbitOfCameras, KeepsToTheArcOfCamerasOnOneSide) {
  for (const double from : {0.5, 2.5, -2.0}) {  // the second one goes beyond the angle's jump from pi to -pi
    const Orbit taken = {{0, 0, 0}, 4, 1, from, from + 1.5};
    const auto found = OrbitOfCameras(PosesOf(taken, 10), taken.center);
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(found->to - found->from, 1.5, 1e-9);
    EXPECT_NEAR(std::cos(found->from - from), 1, 1e-12);
    const std::vector<Rigid3> ends = PosesOf(*found, 5), before = PosesOf(taken, 10);
    EXPECT_NEAR(Norm(CameraCenterInWorld(ends.back()) - CameraCenterInWorld(before.back())), 0, 1e-9);
  }
}

TEST(OrbitOfCameras, AreNoneWhereCamerasLookAwayOrStandAbove) {
  const Orbit taken = {{0, 0, 0}, 4, 1};
  EXPECT_EQ(OrbitOfCameras(PosesOf(taken, 10), {0, -30, 60}), std::nullopt);
  EXPECT_EQ(OrbitOfCameras(PosesOf({{0, 0, 0}, 0.1, 5}, 10), {0, 0, 0}), std::nullopt);
}

}  // namespace
}  // namespace splat
