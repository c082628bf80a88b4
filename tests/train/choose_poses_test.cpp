#include "train/choose_poses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splat::train {
namespace {

using ::testing::HasSubstr;

struct ChosenPoses : ::testing::Test {
  ChosenPoses() { dataset.views.resize(4); }

  std::string Choose(const char* refine, int steps = 1000) {
    line.clear();
    return ChosenPoseRefinement(dataset, {refine}, steps, [&](LogLevel, const std::string& text) { line = text; });
  }

  data::Dataset dataset;  // of 4 photos to train on
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
  EXPECT_EQ(Choose("auto", 40), "auto");  // 32 less 8 steps
  dataset.views.resize(5);
  EXPECT_EQ(Choose("auto", 40), "off");
  EXPECT_THAT(line, HasSubstr("a run of 40 steps with 5 photos is too short for it; off"));
}

}  // namespace
}  // namespace splat::train
