#include "data/sfm/sfm_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/error_message.h"

namespace splat::data {
namespace {

using ::testing::HasSubstr;

SfmFacts Facts(size_t photos, int threads = 2) {
  SfmFacts facts;
  facts.photos = photos;
  facts.threads = threads;
  return facts;
}

TEST(PlanAttempt, ComparesAllPairsOfFewPhotosAndTheBestOfMany) {
  EXPECT_EQ(PlanAttempt(1, Facts(16), {})->pairs, PairChoice::kAll);
  const SfmPlan many = *PlanAttempt(1, Facts(50), {});
  EXPECT_EQ(many.pairs, PairChoice::kScored);
  EXPECT_GT(many.partners, 0);
  EXPECT_EQ(many.score_stride, 1);
}

TEST(PlanAttempt, LooksForMoreFeaturesInFewPhotosAndOnLargeMachines) {
  const SfmPlan usual = *PlanAttempt(1, Facts(50, 2), {});
  EXPECT_GT(PlanAttempt(1, Facts(16, 2), {})->max_features, usual.max_features);
  EXPECT_GT(PlanAttempt(1, Facts(50, 32), {})->max_image_size, usual.max_image_size);
}

TEST(PlanAttempt, TakesWhatTheUserAsksFor) {
  SfmOptions options;
  options.max_features = 1000;
  options.max_image_size = 800;
  options.matcher = "exhaustive";
  const SfmPlan plan = *PlanAttempt(1, Facts(400), options);
  EXPECT_EQ(plan.max_features, 1000);
  EXPECT_EQ(plan.max_image_size, 800);
  EXPECT_EQ(plan.pairs, PairChoice::kAll);
  options.matcher = "sequential";
  EXPECT_EQ(PlanAttempt(1, Facts(400), options)->pairs, PairChoice::kSequential);
  options.matcher = "vocab_tree";
  options.vocab_tree_path = "tree.bin";
  EXPECT_TRUE(PlanAttempt(1, Facts(400), options)->colmap_matcher);
}

TEST(PlanAttempt, RefusesMatchersThatCannotRun) {
  SfmOptions options;
  options.matcher = "quick";
  EXPECT_THAT(testing::ErrorMessageOf([&] { PlanAttempt(1, Facts(5), options); }),
              HasSubstr("\"quick\" is none of auto, exhaustive, sequential, vocab_tree"));
  options.matcher = "vocab_tree";
  EXPECT_THAT(testing::ErrorMessageOf([&] { PlanAttempt(1, Facts(5), options); }), HasSubstr("tree file is missing"));
}

TEST(PlanAttempt, RelaxesThenAddsFeaturesThenUsesTheGlobalMapperIfThereIsOne) {
  const SfmPlan first = *PlanAttempt(1, Facts(50), {}), second = *PlanAttempt(2, Facts(50), {}),
                third = *PlanAttempt(3, Facts(50), {});
  EXPECT_EQ(first.mapper, SfmMapper::kIncremental);
  EXPECT_EQ(second.mapper, SfmMapper::kIncrementalRelaxed);
  EXPECT_EQ(second.pairs, PairChoice::kAll);
  EXPECT_EQ(second.database, first.database);
  EXPECT_EQ(second.max_features, first.max_features);
  EXPECT_GT(third.max_features, second.max_features);
  EXPECT_NE(third.database, first.database);
  EXPECT_FALSE(PlanAttempt(4, Facts(50), {}).has_value());
  SfmFacts with_global = Facts(50);
  with_global.has_global_mapper = true;
  EXPECT_EQ(PlanAttempt(4, with_global, {})->mapper, SfmMapper::kGlobal);
  EXPECT_EQ(PlanAttempt(4, with_global, {})->database, third.database);
  EXPECT_FALSE(PlanAttempt(5, with_global, {}).has_value());
}

TEST(PlanAttempt, DoesNotCompareAllPairsOfThousandsEvenWhenRelaxed) {
  const SfmPlan plan = *PlanAttempt(2, Facts(2000), {});
  EXPECT_EQ(plan.pairs, PairChoice::kScored);
  EXPECT_GT(plan.partners, PlanAttempt(1, Facts(2000), {})->partners);
}

TEST(PlanAttempt, ScoresOnlySomeFramesOfALongVideo) {
  SfmFacts video = Facts(3000);
  video.video_like = true;
  EXPECT_GT(PlanAttempt(1, video, {})->score_stride, 1);
  video.photos = 300;
  EXPECT_EQ(PlanAttempt(1, video, {})->score_stride, 1);
}

TEST(EnoughRegistered, AsksForMoreOfSmallSets) {
  EXPECT_TRUE(EnoughRegistered(15, 16));
  EXPECT_FALSE(EnoughRegistered(14, 16));
  EXPECT_TRUE(EnoughRegistered(40, 50));
  EXPECT_FALSE(EnoughRegistered(39, 50));
  EXPECT_FALSE(EnoughRegistered(0, 2));
}

}  // namespace
}  // namespace splat::data
