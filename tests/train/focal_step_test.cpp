// The step of a focal length: of Gauss and Newton, with the size of the scene eliminated, a prior and caps.
#include "train/focal_step.h"

#include <gtest/gtest.h>

#include <cmath>

namespace splat::train {
namespace {

constexpr double kSide = 1000;
constexpr double kIdle = 2e-4;  // a tenth of a pixel of half the side

// A lens of which photos say that its focal length is to change by `rest`, and that the scene need not grow.
LensFocal LensWith(double rest, double curvature) {
  LensFocal lens;
  LensLoss photo;
  photo.matrix[0][0] = photo.of_images = curvature;
  photo.matrix[kGrowthOfLens][kGrowthOfLens] = curvature;
  photo.gradient[0] = -curvature * rest;
  Add(photo, lens.loss);
  lens.photos = 1;
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
  lens.loss.gradient = {-1e-3, 0, 2e-4};
  lens.loss.of_images = 1;
  lens.loss.matrix[0][0] = lens.loss.matrix[kGrowthOfLens][kGrowthOfLens] = 1;
  lens.loss.matrix[kGrowthOfLens][0] = 0.8;
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
    lens.loss.matrix[kGrowthOfLens][0] = 0.8;
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

TEST(MoveFocal, WhatTellsNothingMovesNothing) {
  LensFocal lens;
  EXPECT_EQ(MoveFocal(lens, 1, kSide), 0);
  EXPECT_EQ(lens.change, 0);
}

}  // namespace
}  // namespace splat::train
