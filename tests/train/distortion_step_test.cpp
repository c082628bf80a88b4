// The step of a distortion: of Gauss and Newton, with focal length and size of the scene eliminated, caps, and nothing
// for less than fractions of a pixel.
#include "train/distortion_step.h"

#include <gtest/gtest.h>

#include <cmath>

namespace splat::train {
namespace {

constexpr RadialReach kReach = {0.5, 100};  // a distortion of 0.001 moves the corner by a tenth of a pixel
constexpr double kPixelTenth = 0.001;
constexpr DistortionStepInput kInput = {1, kReach, false};

// A lens of which photos say that its distortion is to change by `rest`.
LensDistortion LensWith(double change, double rest, double curvature = 1) {
  LensDistortion lens;
  lens.change = change;
  lens.photos = 3;
  lens.loss.of_images = curvature;
  lens.loss.matrix[kFocalOfLens][kFocalOfLens] = lens.loss.matrix[kGrowthOfLens][kGrowthOfLens] = curvature;
  lens.loss.matrix[kRadialOfLens][kRadialOfLens] = curvature;
  lens.loss.gradient[kRadialOfLens] = -curvature * rest;
  return lens;
}

TEST(RadialReachOf, IsThatOfTheFarthestCorner) {
  Camera camera;
  camera.width = 80;
  camera.height = 60;
  camera.fx = 100;
  camera.fy = 50;
  camera.cx = 30;
  camera.cy = 40;
  const RadialReach reach = RadialReachOf(camera);
  EXPECT_DOUBLE_EQ(reach.radius, std::hypot(0.5, 0.8));
  EXPECT_DOUBLE_EQ(reach.corner_px, (0.25 + 0.64) * std::hypot(50, 40));
}

TEST(MoveDistortion, TakesTheWholeStepWhateverTheLossIsMultipliedBy) {
  for (const double curvature : {1e-3, 1.0, 1e6}) {
    LensDistortion lens = LensWith(0.02, 0.01, curvature);
    MoveDistortion(lens, kInput);
    EXPECT_NEAR(lens.change, 0.03, 1e-9);
    EXPECT_EQ(lens.photos, 0);
    EXPECT_EQ(lens.loss.matrix[kRadialOfLens][kRadialOfLens], 0);
  }
}

// Where steps go to and fro, they become smaller, and only those that are made count.
TEST(MoveDistortion, TakesHalfAsMuchAfterATurn) {
  LensDistortion lens;
  const auto move = [&](double rest) {
    const double before = lens.change;
    lens.loss = LensWith(0, rest).loss;
    MoveDistortion(lens, kInput);
    return lens.change - before;
  };
  EXPECT_NEAR(move(0.05), 0.05, 1e-9);
  EXPECT_NEAR(move(0.01), 0.01, 1e-9);
  EXPECT_EQ(move(-1.5 * kPixelTenth), 0) << "less than a tenth of a pixel after the turn";
  EXPECT_NEAR(move(0.01), 0.01, 1e-9);
  EXPECT_NEAR(move(-0.02), -0.01, 1e-9);
  EXPECT_NEAR(move(0.02), 0.005, 1e-9);
  EXPECT_NEAR(move(-0.02), -0.005, 1e-9) << "a fourth is the least";
}

// What follows takes a part of what the photos ask for, and the change may be larger for it.
TEST(MoveDistortion, LetsFocalLengthAndSceneFollow) {
  for (const bool focal : {false, true}) {
    LensDistortion lens = LensWith(0.02, 0.01);
    lens.loss.gradient[kFocalOfLens] = 3e-4;
    lens.loss.gradient[kGrowthOfLens] = 2e-4;
    auto& m = lens.loss.matrix;
    m[kRadialOfLens][kFocalOfLens] = 0.5;
    m[kGrowthOfLens][kRadialOfLens] = 0.6;
    m[kGrowthOfLens][kFocalOfLens] = 0.4;
    // By Cramer's rule; the scene's curvature is 1 and a tenth of that by the focal length.
    const double det = 1.1 - 0.4 * 0.4;
    const double of_focal = focal ? (1.1 * 0.5 - 0.4 * 0.6) / det : 0,
                 of_growth = focal ? (0.6 - 0.4 * 0.5) / det : 0.6 / 1.1;
    const double gradient = -0.01 - of_focal * 3e-4 - of_growth * 2e-4;
    const double step = -gradient / (1 - of_focal * 0.5 - of_growth * 0.6);
    const LensResponse response = MoveDistortion(lens, {1, kReach, focal});
    EXPECT_NEAR(lens.change - 0.02, step, 1e-12);
    EXPECT_NEAR(response.focal, -of_focal * step, 1e-12);
    EXPECT_NEAR(response.growth, -of_growth * step, 1e-12);
  }
}

TEST(MoveDistortion, LeavesALensThatIsRight) {
  LensDistortion lens = LensWith(0, 1.9 * kPixelTenth);
  const LensResponse response = MoveDistortion(lens, kInput);
  EXPECT_EQ(lens.change, 0);
  EXPECT_EQ(response.growth, 0);
  EXPECT_EQ(lens.photos, 0) << "what was decided on is over";
  lens = LensWith(0, 2.1 * kPixelTenth);
  MoveDistortion(lens, kInput);
  EXPECT_NEAR(lens.change, 2.1 * kPixelTenth, 1e-12);
  lens = LensWith(0.02, 1.5 * kPixelTenth - 0.02);
  MoveDistortion(lens, kInput);
  EXPECT_EQ(lens.change, 0) << "it was right after all";
}

TEST(MoveDistortion, LeavesChangesThatMoveNoPixelByATenth) {
  LensDistortion lens = LensWith(0.02, 0.9 * kPixelTenth);
  MoveDistortion(lens, kInput);
  EXPECT_EQ(lens.change, 0.02);
}

TEST(MoveDistortion, StepsAndTheWholeChangeAreCapped) {
  const double scale = 1 / (kReach.radius * kReach.radius);
  double change = 0;
  for (int step = 1; step < 8; ++step) {
    LensDistortion lens = LensWith(change, -1);
    MoveDistortion(lens, kInput);
    change = lens.change;
    EXPECT_NEAR(change, -scale * std::min(step * kMostRadialStep, kMostRadialChange), 1e-12);
  }
}

TEST(MoveDistortion, WhatTellsNothingMovesNothing) {
  LensDistortion lens;
  MoveDistortion(lens, kInput);
  EXPECT_EQ(lens.change, 0);
  MoveDistortion(lens, {0, kReach, true});  // a lens of no training photo
  EXPECT_EQ(lens.change, 0);
  lens = LensWith(0, 0.02);
  lens.loss.matrix[kGrowthOfLens][kRadialOfLens] = 1.2;  // the scene's growth makes up for all of it
  MoveDistortion(lens, kInput);
  EXPECT_EQ(lens.change, 0);
}

}  // namespace
}  // namespace splat::train
