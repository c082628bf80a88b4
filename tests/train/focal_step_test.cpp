// The step of a focal length: of Gauss and Newton, with poses and the size of the scene eliminated, a prior and caps.
#include "train/focal_step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/random.h"

namespace splat::train {
namespace {

constexpr double kScene = 4, kSide = 1000;
constexpr double kIdle = 2e-4;  // a tenth of a pixel of half the side

const Rigid3 kPose = {Identity3<double>(), {0.2, -0.1, 4}};

// A loss with a positive definite matrix and any gradient.
PoseLoss RandomLoss(Random& random) {
  PoseLoss loss;
  double root[kCameraNumbers][kCameraNumbers];
  for (auto& row : root) {
    for (double& x : row) x = random.Normal();
  }
  for (size_t i = 0; i < kCameraNumbers; ++i) {
    loss.gradient[i] = 0.01 * random.Normal();
    for (size_t j = 0; j <= i; ++j) {
      for (size_t k = 0; k < kCameraNumbers; ++k) loss.matrix[i][j] += root[i][k] * root[j][k];
    }
  }
  return loss;
}

double ValueOf(const PoseLoss& loss, const std::array<double, kCameraNumbers>& x) {
  double value = 0;
  for (size_t i = 0; i < kCameraNumbers; ++i) {
    value += loss.gradient[i] * x[i];
    for (size_t j = 0; j < kCameraNumbers; ++j) {
      value += 0.5 * loss.matrix[std::max(i, j)][std::min(i, j)] * x[i] * x[j];
    }
  }
  return value;
}

double ValueOf(const FocalLoss& loss, double focal, double growth) {
  return loss.gradient[0] * focal + loss.gradient[1] * growth + 0.5 * loss.matrix[0][0] * focal * focal +
         loss.matrix[1][0] * focal * growth + 0.5 * loss.matrix[1][1] * growth * growth;
}

// A scene that grows by e is seen as by a camera moved by -e t.
std::array<double, kCameraNumbers> Numbers(const Twist& motion, double focal, double growth) {
  const Vec3<double>& t = kPose.translation;
  return {motion[0] - growth * t.x,
          motion[1] - growth * t.y,
          motion[2] - growth * t.z,
          motion[3],
          motion[4],
          motion[5],
          focal};
}

TEST(FocalLossAt, IsTheLossWithThePoseAsItIs) {
  Random random(1);
  const PoseLoss photo = RandomLoss(random), points = RandomLoss(random);
  const FocalLoss loss = FocalLossAt(kPose, photo, points);
  EXPECT_EQ(loss.of_images, photo.matrix[6][6]);
  for (const auto& [focal, growth] : {std::pair{0.01, 0.0}, {0.0, 0.02}, {-0.03, 0.01}}) {
    const double expected = ValueOf(photo, Numbers({}, focal, growth)) + ValueOf(points, Numbers({}, focal, 0));
    EXPECT_NEAR(ValueOf(loss, focal, growth), expected, 1e-12);
  }
}

// What is left when the pose follows: the least of the loss over the pose's motion, which its prior holds, up to what
// does not depend on focal length and growth.
TEST(EliminatePose, LeavesTheLeastLossOverThePose) {
  constexpr double kPrior = 0.1;
  Random random(2);
  const PoseLoss photo = RandomLoss(random), points = RandomLoss(random);
  const Twist motion = {0.01, -0.02, 0.03, 0.001, 0.002, -0.001};
  const MotionEquations equations = EquationsOf(motion, photo, points, kScene, kPrior);
  FocalLoss loss = FocalLossAt(kPose, photo, points);
  EliminatePose(equations, kPose, photo, points, kScene, loss);
  double mean = 0;  // of the photo's curvature, of which the prior is a share
  for (size_t i = 0; i < 6; ++i) mean += std::pow(MotionUnit(i, kScene), 2) * photo.matrix[i][i] / 6;
  const auto least = [&](double focal, double growth) {
    // By coordinate descent, which needs no solver.
    Twist x{};
    const auto value = [&](const Twist& at) {
      double sum = ValueOf(photo, Numbers(at, focal, growth)) + ValueOf(points, Numbers(at, focal, 0));
      for (size_t i = 0; i < 6; ++i)
        sum += 0.5 * kPrior * mean * std::pow((motion[i] + at[i]) / MotionUnit(i, kScene), 2);
      return sum;
    };
    for (int sweep = 0; sweep < 4000; ++sweep) {
      for (size_t i = 0; i < 6; ++i) {
        constexpr double kStep = 1e-3;
        Twist there = x, back = x;
        there[i] += kStep;
        back[i] -= kStep;
        const double slope = (value(there) - value(back)) / (2 * kStep);
        x[i] -= slope * kStep * kStep / (value(there) - 2 * value(x) + value(back));
      }
    }
    return value(x);
  };
  const double at_zero = least(0, 0);
  for (const auto& [focal, growth] : {std::pair{0.02, 0.0}, {0.0, 0.02}, {-0.03, 0.01}}) {
    EXPECT_NEAR(ValueOf(loss, focal, growth), least(focal, growth) - at_zero, 1e-7);
  }
}

// A lens of which photos say that its focal length is to change by `rest`, and that the scene need not grow.
LensFocal LensWith(double rest, double curvature) {
  LensFocal lens;
  FocalLoss photo;
  photo.matrix[0][0] = photo.of_images = curvature;
  photo.matrix[1][1] = curvature;
  photo.gradient[0] = -curvature * rest;
  Add(photo, lens);
  return lens;
}

TEST(MoveFocal, TakesAShareOfTheWayWhateverTheLossIsMultipliedBy) {
  for (const double curvature : {1e-3, 1.0, 1e6}) {
    LensFocal lens = LensWith(1e-3, curvature);
    lens.change = 0.01;  // of no idle lens
    EXPECT_EQ(MoveFocal(lens, 1, kSide), 0);
    const double prior = std::pow(kIdle / 0.01, 2);
    EXPECT_NEAR(lens.change - 0.01, kStepShare * (1e-3 - prior * 0.01) / (1 + prior), 1e-9);
    EXPECT_EQ(lens.photos, 0);
    EXPECT_EQ(lens.loss.matrix[0][0], 0);
  }
}

// The scene follows: it takes a part of what the photos ask for, and the change may be larger for it.
TEST(MoveFocal, LetsTheSceneGrow) {
  LensFocal lens;
  lens.change = 0.02;
  lens.photos = 1;
  lens.loss = {{-1e-3, 2e-4}, {}, 1};
  lens.loss.matrix[0][0] = lens.loss.matrix[1][1] = 1;
  lens.loss.matrix[1][0] = 0.8;
  const double response = 0.8 / 1.1, before = lens.change;
  const double growth = MoveFocal(lens, 1, 1e9);  // no prior
  EXPECT_NEAR(lens.change - before, kStepShare * (1e-3 + response * 2e-4) / (1 - 0.8 * response), 1e-9);
  EXPECT_NEAR(growth, -response * (lens.change - before), 1e-12);
}

// Where other lenses look at the scene, too, it grows less with one of them.
TEST(MoveFocal, TheSceneGrowsLessForALensOfFewPhotos) {
  double growths[2];
  for (const int few : {0, 1}) {
    LensFocal lens = LensWith(1e-3, 1);
    lens.loss.matrix[1][0] = 0.8;
    const double growth = MoveFocal(lens, few ? 0.1 : 1, kSide);
    growths[few] = growth / lens.change;
  }
  EXPECT_NEAR(growths[0], -0.8 / 1.1, 1e-9);
  EXPECT_NEAR(growths[1], -0.8 / 10.1, 1e-9);
}

TEST(MoveFocal, HoldsWhatIsSmall) {
  double change = 0;
  for (int step = 0; step < 50; ++step) {  // photos ask for a fifth of what is held
    LensFocal lens = LensWith(kIdle / 5 - change, 1);
    lens.change = change;
    MoveFocal(lens, 1, kSide);
    change = lens.change;
  }
  EXPECT_NEAR(change, kIdle / 10, 1e-7);
  for (int step = 0; step < 50; ++step) {  // and for a hundred times as much
    LensFocal lens = LensWith(20 * kIdle - change, 1);
    lens.change = change;
    MoveFocal(lens, 1, kSide);
    change = lens.change;
  }
  EXPECT_NEAR(change, 20 * kIdle, 0.1 * kIdle);
}

TEST(MoveFocal, StepsAndTheWholeChangeAreCapped) {
  double change = 0;
  for (int step = 1; step < 40; ++step) {
    LensFocal lens = LensWith(-1, 1);
    lens.change = change;
    MoveFocal(lens, 1, kSide);
    change = lens.change;
    EXPECT_NEAR(change, -std::min(step * kMostFocalStep, kMostFocalChange), 1e-12);
  }
}

TEST(MoveFocal, WhatIsNotFiniteOrTellsNothingMovesNothing) {
  LensFocal lens;
  EXPECT_EQ(MoveFocal(lens, 1, kSide), 0);
  EXPECT_EQ(lens.change, 0);
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    FocalLoss photo = LensWith(1e-3, 1).loss;
    photo.gradient[1] = bad;
    Add(photo, lens);
    photo.gradient[1] = 0;
    photo.matrix[1][0] = bad;
    Add(photo, lens);
  }
  Add(FocalLoss(), lens);  // an image that is flat
  EXPECT_EQ(lens.photos, 0);
  EXPECT_EQ(lens.loss.gradient[0], 0);
}

}  // namespace
}  // namespace splat::train
