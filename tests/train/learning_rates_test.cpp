#include "train/learning_rates.h"

#include <gtest/gtest.h>

namespace splat::train {
namespace {

constexpr double kRounding = 1e-12;  // relative, of exp and log

TEST(MeansLearningRateTest, FallsLogLinearlyToTheFinalRate) {
  const OptimizerConfig config;
  EXPECT_NEAR(MeansLearningRate(config, 0, 30000) / config.means_lr, 1, kRounding);
  EXPECT_NEAR(MeansLearningRate(config, 15000, 30000) / 1.6e-5, 1, kRounding);
  EXPECT_NEAR(MeansLearningRate(config, 30000, 30000) / config.means_lr_final, 1, kRounding);
  EXPECT_NEAR(MeansLearningRate(config, 500, 1000) / 1.6e-5, 1, kRounding);
  EXPECT_NEAR(MeansLearningRate(config, 1, 1) / config.means_lr_final, 1, kRounding);
}

TEST(LearningRatesAtTest, OnlyTheMeansFollowTheStepAndTheExtent) {
  const OptimizerConfig config;
  const LearningRates first = LearningRatesAt(config, 4, 1, 1000), last = LearningRatesAt(config, 4, 1000, 1000);
  EXPECT_DOUBLE_EQ(first.means, 4 * MeansLearningRate(config, 1, 1000));
  EXPECT_NEAR(last.means, 4 * config.means_lr_final, kRounding);
  for (int i = kLogScales; i < kSplatArrays; ++i) EXPECT_EQ(first[i], last[i]);
  EXPECT_EQ(first.opacity_logits, config.opacity_logits_lr);
}

TEST(ColorLearningRateTest, LetsTheUpdatesOfAPhotoAddUpToTheReach) {
  ColorConfig config;
  config.rate = 0;
  config.reach = 2;
  constexpr int kSteps = 30000;
  double sum = 0;
  for (int step = 1; step <= kSteps; ++step) sum += ColorLearningRate(config, 40, step, kSteps);
  EXPECT_NEAR(sum * 40 / kSteps, 2, 0.1) << "less a little, for the rate rises at first";
  EXPECT_LT(sum * 40 / kSteps, 2);
}

TEST(ColorLearningRateTest, RisesAndFallsAndIsNeverBelowThePublishedOne) {
  ColorConfig config;
  config.reach = 0;
  EXPECT_NEAR(ColorLearningRate(config, 1, 0, 30000), 0.01 * config.rate, 1e-6);
  EXPECT_GT(ColorLearningRate(config, 1, 500, 30000), 0.9 * config.rate);
  EXPECT_NEAR(ColorLearningRate(config, 1, 30000, 30000), 0.01 * config.rate, 1e-9);
  config.reach = 1;
  EXPECT_EQ(ColorLearningRate(config, 1e9, 1000, 30000), ColorLearningRate({"full", config.rate, 0}, 1, 1000, 30000));
  EXPECT_GT(ColorLearningRate(config, 40, 1000, 30000), 10 * config.rate);
}

TEST(LensLearningRateTest, IsThatOfAPhotoWithoutAReach) {
  ColorConfig config;
  for (const int step : {0, 10, 200, 1000}) {
    EXPECT_EQ(LensLearningRate(config, step, 1000), ColorLearningRate({"full", config.rate, 0}, 1, step, 1000));
  }
}

}  // namespace
}  // namespace splat::train
