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
  for (int i = int(1); i < kSplatArrays; ++i) EXPECT_EQ(first[i], last[i]);
  EXPECT_EQ(first.opacity_logits, config.opacity_logits_lr);
}

}  // namespace
}  // namespace splat::train
