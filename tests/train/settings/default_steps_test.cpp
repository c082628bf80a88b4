#include "train/settings/default_steps.h"

#include <gtest/gtest.h>

namespace splat::train {
namespace {

TEST(StepsOfTest, AreThoseOfTheConfigWhereItSaysThem) {
  TrainConfig config;
  config.iterations = 7;
  EXPECT_EQ(StepsOf(config, false), 7);
  EXPECT_EQ(StepsOf(config, true), 7);
}

TEST(StepsOfTest, DependOnTheDeviceOtherwise) {
  const TrainConfig config;
  EXPECT_EQ(StepsOf(config, false), 3000);
  EXPECT_EQ(StepsOf(config, true), 30000);
}

}  // namespace
}  // namespace splat::train
