// The optimizer of a camera's motion: Adam along the camera's own axes, with caps.
#include "train/photo_motions.h"
#include "core/constants.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace splat::train {
namespace {

TEST(Move, TakesAStepOfTheRateAgainstTheGradient) {
  const MotionLimits limits = UsualLimits();
  CameraMotion motion;
  Move(motion, {2, -3, 0.5, 4, -5, 6}, 1e-4, limits);
  const double signs[6] = {-1, 1, -1, -1, 1, -1};
  for (size_t i = 0; i < 6; ++i) {
    const double unit = i < 3 ? limits.scene : 1;
    EXPECT_NEAR(motion.twist[i], signs[i] * unit * 1e-4, 1e-7 * unit) << i;  // the turn bends the way a little
  }
  EXPECT_EQ(motion.steps, 1);
}

// The loss is least where the camera is moved by `goal`, in its own axes: |log(goal^-1 moved)|^2 by left tangents.
TEST(Move, FindsTheMotionWhoseGradientVanishes) {
  const Twist goal = {0.05, -0.03, 0.02, 0.01, 0.02, -0.03};
  CameraMotion motion;
  for (int step = 0; step < 400; ++step) {
    const Twist rest = LogOfMotion(Compose(ExpTwist(motion.twist), Inverse(ExpTwist(goal))));
    Move(motion, rest, 2e-3 * std::pow(0.01, step / 400.0), UsualLimits());
  }
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(motion.twist[i], goal[i], 2e-4) << i;
}

TEST(Move, AStepAndTheWholeMotionAreCapped) {
  const MotionLimits limits = UsualLimits();
  const Twist gradient = {-1, -1, 0, 0, 1, 1};
  CameraMotion motion;
  Move(motion, gradient, 1, limits);
  EXPECT_NEAR(Norm(LinearPart(motion.twist)), 0.003 * limits.scene, 1e-4 * limits.scene);
  EXPECT_NEAR(Norm(AngularPart(motion.twist)), 0.25 * kRadiansPerDegree, 1e-12);
  for (int step = 0; step < 100; ++step) Move(motion, gradient, 1, limits);
  EXPECT_NEAR(Norm(LinearPart(motion.twist)), 0.03 * limits.scene, 1e-12);
  EXPECT_NEAR(Norm(AngularPart(motion.twist)), 3 * kRadiansPerDegree, 1e-12);
}

TEST(Move, AGradientThatIsNotFiniteMovesNothing) {
  CameraMotion motion;
  Move(motion, {1, 1, 1, 1, 1, 1}, 1e-3, UsualLimits());
  const CameraMotion before = motion;
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    Move(motion, {1, 1, bad, 1, 1, 1}, 1e-3, UsualLimits());
    EXPECT_EQ(motion.twist, before.twist);
    EXPECT_EQ(motion.first, before.first);
    EXPECT_EQ(motion.steps, before.steps);
  }
}

}  // namespace
}  // namespace splat::train
