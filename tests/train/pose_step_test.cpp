// The step of a camera's motion: of Gauss and Newton along the camera's own axes, with a prior and caps.
#include "train/pose_step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/constants.h"

namespace splat::train {
namespace {

constexpr double kFirm = 1e4;  // of a curvature beside which a prior of another direction is nothing

// A loss that is least after the further motion `rest`, with curvatures a share and a radian count alike in.
PoseLoss LossWith(const Twist& rest, double curvature) {
  PoseLoss loss;
  for (size_t i = 0; i < 6; ++i) {
    const double unit = i < 3 ? UsualLimits().scene : 1;
    loss.matrix[i][i] = curvature / (unit * unit);
    loss.gradient[i] = -loss.matrix[i][i] * rest[i];
  }
  return loss;
}

TEST(Move, TakesAShareOfTheWayToTheLeastLossWhateverTheLossIsMultipliedBy) {
  const Twist rest = {1e-3, -2e-3, 5e-4, 1e-4, 2e-4, -3e-4};
  for (const double curvature : {1e-3, 1.0, 1e6}) {
    Twist motion{};
    Move(motion, LossWith(rest, curvature), UsualLimits(), kPriorOfOne);
    for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(motion[i] / rest[i], 0.4 / 1.03, 2e-3) << i;
  }
}

// The loss is least where the camera is moved by `goal`, in its own axes: |log(goal^-1 moved)|^2 by left tangents.
TEST(Move, FindsTheMotionWhoseGradientVanishes) {
  const Twist goal = {0.05, -0.03, 0.02, 0.01, 0.02, -0.03};
  Twist motion{};
  for (int step = 0; step < 60; ++step) {
    const Twist rest = LogOfMotion(Compose(ExpTwist(goal), Inverse(ExpTwist(motion))));
    Move(motion, LossWith(rest, kFirm), UsualLimits(), kPriorOfOne);
  }
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(motion[i], goal[i] / 1.03, 2e-4) << "the prior takes 3 % " << i;
}

// Where no image changes the prior alone pulls, and the way back is short.
TEST(Move, WithoutAGradientTheMotionGoesBackWhereTheLossIsFlat) {
  PoseLoss loss = LossWith({}, kFirm);
  loss.matrix[4][4] = 0;
  Twist motion = {0, 0, 0, 0.001, 0.001, 0};
  Move(motion, loss, UsualLimits(), kPriorOfOne);
  EXPECT_NEAR(motion[4], 0.0006, 1e-6);
  EXPECT_NEAR(motion[3], 0.001 * (1 - 0.4 * 0.025 / 1.025), 1e-6);
}

TEST(Move, PointsMakeThePriorNoFirmer) {
  const Twist rest = {1e-4, -2e-4, 5e-5, 1e-5, 2e-5, -3e-5};
  Twist motion{};
  Move(motion, LossWith({}, kFirm), UsualLimits(), kPriorOfOne, LossWith(rest, 100 * kFirm));
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(motion[i] / rest[i], 0.4 * 100 / 101.03, 1e-3) << i;
}

TEST(PriorOfAll, IsFirmWhereMotionsAreSmallAndLooseWhereTheyAreLarge) {
  constexpr double kPixel = 0.002;
  const auto prior_of = [&](double px, double scene) {
    const double x = px * kPixel;
    std::vector<Twist> motions(4, Twist{9, 9, 9, 9, 9, 9});
    motions[1] = {scene * x, -scene * x, scene * x, x, -x, x};
    motions[3] = motions[1];
    return PriorOfAll(motions, {1, 3}, scene, kPixel);
  };
  EXPECT_EQ(prior_of(0, 4), 1);
  EXPECT_EQ(prior_of(0.049, 4), 1);
  EXPECT_NEAR(prior_of(0.1, 4), 0.25, 1e-12);
  EXPECT_NEAR(prior_of(0.1, 70), 0.25, 1e-12);
  EXPECT_NEAR(prior_of(0.25, 4), 0.04, 1e-12);
  EXPECT_EQ(prior_of(0.6, 4), 0.01);
  EXPECT_NEAR(PriorOfAll({Twist{0, 0, 0, 6e-4, 0, 0}, Twist{}}, {0, 1}, 4, kPixel), 1.0 / 3, 1e-12);
}

TEST(Move, AStepAndTheWholeMotionAreCapped) {
  const MotionLimits limits = UsualLimits();
  const PoseLoss loss = LossWith({10, 10, 0, 0, -10, -10}, 1);
  Twist motion{};
  Move(motion, loss, limits, kPriorOfOne);
  EXPECT_NEAR(Norm(LinearPart(motion)), 0.003 * limits.scene, 1e-4 * limits.scene);
  EXPECT_NEAR(Norm(AngularPart(motion)), 0.25 * kRadiansPerDegree, 1e-12);
  for (int step = 0; step < 100; ++step) Move(motion, loss, limits, kPriorOfOne);
  EXPECT_NEAR(Norm(LinearPart(motion)), 0.03 * limits.scene, 1e-12);
  EXPECT_NEAR(Norm(AngularPart(motion)), 3 * kRadiansPerDegree, 1e-12);
}

TEST(Move, WhatIsNotFiniteOrTellsNothingMovesNothing) {
  const Twist before = {1e-3, 0, 0, 0, 1e-4, 0};
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    PoseLoss gradient = LossWith({1, 1, 1, 1, 1, 1}, 1), matrix = gradient;
    gradient.gradient[2] = bad;
    matrix.matrix[3][1] = bad;
    for (const PoseLoss& loss : {gradient, matrix, PoseLoss{}}) {
      Twist motion = before;
      Move(motion, loss, UsualLimits(), kPriorOfOne);
      EXPECT_EQ(motion, before);
    }
  }
}

}  // namespace
}  // namespace splat::train
