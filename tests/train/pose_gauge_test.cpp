// What cameras have in common is taken out of their motions, and nothing else.
#include "train/pose_gauge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace splat::train {
namespace {

constexpr double kScene = 4;

// Cameras around the origin, which they look at.
std::vector<Rigid3> Orbit(int count) {
  std::vector<Rigid3> poses;
  for (int i = 0; i < count; ++i) {
    const Rigid3 turn = ExpTwist({0, 0, 0, 0.3 * std::sin(2.0 * i), 0.9 * i, 0});
    poses.push_back(Compose(Rigid3{Identity3<double>(), {0, 0, kScene}}, turn));
  }
  return poses;
}

// Motions by which all cameras go with a world that is moved.
std::vector<Twist> MotionsWith(const Similarity3& moved_from_world, const std::vector<Rigid3>& poses) {
  std::vector<Twist> motions;
  for (const Rigid3& pose : poses) {
    const Vec3<double> center = moved_from_world * (-(Transpose(pose.rotation) * pose.translation));
    const Mat3<double> rotation = pose.rotation * Transpose(moved_from_world.rotation);
    motions.push_back(LogOfMotion(Compose({rotation, -(rotation * center)}, Inverse(pose))));
  }
  return motions;
}

double Largest(const std::vector<Twist>& motions) {
  double largest = 0;
  for (const Twist& motion : motions) {
    for (const double x : motion) largest = std::max(largest, std::abs(x));
  }
  return largest;
}

std::vector<Twist> RandomMotions(size_t count) {
  Random random(5);
  std::vector<Twist> motions(count);
  for (Twist& motion : motions) {
    for (size_t i = 0; i < 6; ++i) motion[i] = (i < 3 ? kScene : 1) * 1e-3 * random.Normal();
  }
  return motions;
}

TEST(CenterMotions, TakesOutAShiftATurnAndAGrowth) {
  const std::vector<Rigid3> poses = Orbit(9);
  const Mat3<double> turn = ExpTwist({0, 0, 0, 0.002, -0.001, 0.003}).rotation, none = Identity3<double>();
  for (const Similarity3& common : {Similarity3{1, none, {0.01, -0.02, 0.005}}, Similarity3{1, turn, {0, 0, 0}},
                                    Similarity3{1.004, none, {0, 0, 0}}, Similarity3{0.997, turn, {0.01, 0, -0.01}}}) {
    std::vector<Twist> motions = MotionsWith(common, poses);
    ASSERT_GT(Largest(motions), 1e-3);
    CenterMotions(poses, kScene, motions);
    EXPECT_LT(Largest(motions), 1e-6);
  }
}

// What is left has nothing in common, and cameras stay as they are to one another.
TEST(CenterMotions, LeavesCamerasAsTheyAreToOneAnother) {
  const std::vector<Rigid3> poses = Orbit(9);
  const std::vector<Twist> before = RandomMotions(poses.size());
  std::vector<Twist> after = before;
  CenterMotions(poses, kScene, after);
  EXPECT_GT(Largest(after), 1e-4);
  std::vector<Twist> again = after;
  CenterMotions(poses, kScene, again);
  for (size_t i = 0; i < poses.size(); ++i) {
    for (size_t k = 0; k < 6; ++k) EXPECT_NEAR(again[i][k], after[i][k], 2e-5) << i << " " << k;
    const auto turn_to_first = [&](const std::vector<Twist>& motions) {
      return Compose(Compose(ExpTwist(motions[i]), poses[i]), Inverse(Compose(ExpTwist(motions[0]), poses[0])))
          .rotation;
    };
    const Mat3<double> a = turn_to_first(before), b = turn_to_first(after);
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column) EXPECT_NEAR(a(row, column), b(row, column), 1e-12);
    }
  }
}

TEST(CenterMotions, LeavesCamerasThatTellNoSimilarity) {
  const std::vector<Twist> motions = RandomMotions(1);
  std::vector<Twist> centered = motions;
  CenterMotions({Rigid3{}}, kScene, centered);  // growth about where it stands moves nothing
  EXPECT_EQ(centered, motions);
}

}  // namespace
}  // namespace splat::train
