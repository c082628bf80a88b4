#include "train/choose_poses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splat::train {
namespace {

using ::testing::HasSubstr;

TEST(ChosenPoseRefinement, IsOnWherePosesDidNotComeWithASmallErrorAndSaysWhy) {
  std::string line;
  int lines = 0;
  const LogSink log = [&](LogLevel, const std::string& text) {
    ++lines;
    line = text;
  };
  data::Dataset dataset;
  EXPECT_EQ(ChosenPoseRefinement(dataset, {"off"}, log), "off");
  EXPECT_EQ(ChosenPoseRefinement(dataset, {"on"}, log), "on");
  EXPECT_EQ(lines, 0);
  EXPECT_EQ(ChosenPoseRefinement(dataset, {"auto"}, log), "on");
  EXPECT_THAT(line, HasSubstr("without reprojection errors"));
  dataset.reprojection_error_px = 0.4;
  EXPECT_EQ(ChosenPoseRefinement(dataset, {"auto"}, log), "off");
  EXPECT_THAT(line, HasSubstr("off by 0.40 px of 1600 in the mean; off"));
  dataset.reprojection_error_px = 2.5;
  EXPECT_EQ(ChosenPoseRefinement(dataset, {"auto"}, log), "on");
  EXPECT_EQ(lines, 3);
}

}  // namespace
}  // namespace splat::train
