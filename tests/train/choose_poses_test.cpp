#include "train/choose_poses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splat::train {
namespace {

using ::testing::HasSubstr;

struct ChosenPoses : ::testing::Test {
  ChosenPoses() { dataset.views.resize(8); }

  std::string Choose(const char* refine, int steps = 1000) {
    line.clear();
    return ChosenPoseRefinement(dataset, {refine}, steps, [&](LogLevel, const std::string& text) { line = text; });
  }

  data::Dataset dataset;  // of 8 photos to train on
  std::string line;
};

TEST_F(ChosenPoses, AreWhatTheUserSays) {
  EXPECT_EQ(Choose("off"), "off");
  EXPECT_EQ(Choose("on"), "on");
  EXPECT_EQ(line, "");
}

TEST_F(ChosenPoses, AreRefinedWherePosesDidNotComeWithASmallErrorAndSayWhy) {
  EXPECT_EQ(Choose("auto"), "auto");
  EXPECT_THAT(line, HasSubstr("without reprojection errors of points; on until they are right"));
  dataset.reprojection_error_px = 0.4;
  EXPECT_EQ(Choose("auto"), "off");
  EXPECT_THAT(line, HasSubstr("off by 0.40 px of 1600 in the mean; off"));
  dataset.reprojection_error_px = 2.5;
  EXPECT_EQ(Choose("auto"), "auto");
  EXPECT_THAT(line, HasSubstr("off by 2.50 px of 1600 in the mean; on until they are right"));
}

TEST_F(ChosenPoses, AreNotRefinedInARunThatMovesEachCameraTooFewTimes) {
  EXPECT_EQ(Choose("auto", 140), "auto");  // 112 less 28 steps
  dataset.views.resize(9);
  EXPECT_EQ(Choose("auto", 140), "off");
  EXPECT_THAT(line, HasSubstr("a run of 140 steps with 9 photos is too short for it; off"));
}

TEST_F(ChosenPoses, AreNotRefinedForAFewPhotos) {
  dataset.views.resize(7);
  EXPECT_EQ(Choose("auto"), "off");
  EXPECT_THAT(line, HasSubstr("7 photos are too few for it; off"));
  dataset.views.resize(20);
  for (size_t i = 0; i < 13; ++i) dataset.views[i].split = Split::kTest;
  EXPECT_EQ(Choose("auto"), "off") << "those that are held out do not move";
}

}  // namespace
}  // namespace splat::train
