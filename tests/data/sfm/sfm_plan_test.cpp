#include "data/sfm/sfm_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/error_message.h"

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SfmFacts Facts(size_t photos, int threads = 2) {
  SfmFacts facts;
  facts.photos = photos;
  facts.threads = threads;
  return facts;
}

std::vector<std::string> Numbered(const std::string& prefix, const std::vector<int>& numbers) {
  std::vector<std::string> names;
  for (int number : numbers) {
    std::string digits = std::to_string(number);
    names.push_back(prefix + std::string(5 - digits.size(), '0') + digits + ".jpg");
  }
  return names;
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

TEST(LooksLikeVideo, IsTrueForOneSeriesWithASteadyStep) {
  std::vector<int> frames;
  for (int i = 0; i < 100; ++i) frames.push_back(3 * i);
  EXPECT_TRUE(LooksLikeVideo(Numbered("clip/frame_", frames)));
  frames[50] += 1;  // one odd frame
  EXPECT_TRUE(LooksLikeVideo(Numbered("frame_", frames)));
  EXPECT_FALSE(LooksLikeVideo(Numbered("", {1, 2, 3, 4, 6, 7, 8, 9, 12, 14, 18, 19, 21, 22, 25})));
  EXPECT_FALSE(LooksLikeVideo({"a.jpg", "b.jpg", "c.jpg"}));
  EXPECT_FALSE(LooksLikeVideo({"a0001.jpg", "a0002.jpg", "b0003.jpg", "b0004.jpg"}));
  EXPECT_FALSE(LooksLikeVideo({"1.jpg", "2.jpg"}));
  EXPECT_FALSE(LooksLikeVideo({"99999999999999999999.jpg", "99999999999999999999.png", "x99999999999999999999.jpg"}));
}

TEST(AllPairs, HoldsEachPairOnce) {
  EXPECT_TRUE(AllPairs(0).empty());
  EXPECT_TRUE(AllPairs(1).empty());
  EXPECT_THAT(AllPairs(3), ElementsAre(PhotoPair(0, 1), PhotoPair(0, 2), PhotoPair(1, 2)));
  EXPECT_EQ(AllPairs(50).size(), 1225u);
  EXPECT_THAT(AllPairs(5, 2), ElementsAre(PhotoPair(0, 2), PhotoPair(0, 4), PhotoPair(2, 4)));
}

TEST(SequentialPairs, HoldsNeighboursAndSomeFurtherOn) {
  EXPECT_THAT(SequentialPairs(4, 1), ElementsAre(PhotoPair(0, 1), PhotoPair(1, 2), PhotoPair(2, 3)));
  const std::vector<PhotoPair> pairs = SequentialPairs(100, 4);
  const std::set<PhotoPair> all(pairs.begin(), pairs.end());
  EXPECT_EQ(all.size(), pairs.size());
  for (const PhotoPair& expected : {PhotoPair(0, 1), PhotoPair(0, 4), PhotoPair(0, 8), PhotoPair(95, 99)}) {
    EXPECT_TRUE(all.count(expected)) << expected.first << " " << expected.second;
  }
  EXPECT_FALSE(all.count({0, 5}));
  EXPECT_FALSE(all.count({0, 16}));
}

TEST(BestPairs, KeepsTheBestPartnersOfEachPhotoAndNoUnrelatedPair) {
  // 0-1 and 2-3 look alike, 0-2 a little, 1-3 not at all.
  const std::vector<ScoredPair> scored = {{{0, 1}, 90}, {{2, 3}, 80}, {{0, 2}, 20},
                                          {{0, 3}, 10}, {{1, 2}, 9},  {{1, 3}, kMinPairScore - 1}};
  EXPECT_THAT(BestPairs(4, scored, 1), ElementsAre(PhotoPair(0, 1), PhotoPair(2, 3)));
  EXPECT_THAT(BestPairs(4, scored, 2),
              ElementsAre(PhotoPair(0, 1), PhotoPair(0, 2), PhotoPair(0, 3), PhotoPair(1, 2), PhotoPair(2, 3)));
  EXPECT_EQ(BestPairs(4, scored, 10).size(), 5u);
}

}  // namespace
}  // namespace splat::data
