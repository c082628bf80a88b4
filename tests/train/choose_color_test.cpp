#include "train/choose_color.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/synthetic_set.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using ::testing::HasSubstr;

data::ColorDifferences Differing(double exposure, double white_balance) {
  data::ColorDifferences differences;
  differences.exposure = exposure;
  differences.white_balance = white_balance;
  return differences;
}

TEST(ModeFor, TakesTheLeastThatExplainsThePhotos) {
  EXPECT_EQ(ModeFor(Differing(0.02, 0.01)), "off");
  EXPECT_EQ(ModeFor(Differing(0.1, 0.01)), "exposure");
  EXPECT_EQ(ModeFor(Differing(0.1, 0.1)), "full");
  EXPECT_EQ(ModeFor(Differing(0.01, 0.1)), "full");
  EXPECT_EQ(ModeFor({}), "off");
}

TEST(ChosenColorMode, SaysInOneLineWhatItChose) {
  splat::testing::SyntheticSet set;
  int lines = 0;
  std::string line;
  const LogSink log = [&](LogLevel, const std::string& text) {
    ++lines;
    line = text;
  };
  EXPECT_EQ(ChosenColorMode(set.dataset, {"full"}, log), "full");
  EXPECT_EQ(lines, 0);
  set.dataset.points = {};
  EXPECT_EQ(ChosenColorMode(set.dataset, {"auto"}, log), "off");
  EXPECT_EQ(lines, 1);
  EXPECT_THAT(line, HasSubstr("cannot be compared"));
  TrainConfig config;
  config.iterations = 2;
  config.color.mode = "auto";
  EXPECT_FALSE(TrainOn(CpuBackend(), set.dataset, config, {}).photo_colors.has_value());
}

}  // namespace
}  // namespace splat::train
