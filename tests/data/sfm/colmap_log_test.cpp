#include "data/sfm/colmap_log.h"

#include <gtest/gtest.h>

namespace splat::data {
namespace {

constexpr double kTiny = 1e-12;  // the fractions are quotients of small integers

TEST(ColmapLogFollower, CountsExtractedPhotos) {
  ColmapLogFollower follower(SfmStage::kFeatures, 50);
  EXPECT_FALSE(follower.Follow("  Name:            0107.jpg"));
  const auto step = follower.Follow("Processed file [12/50]");
  ASSERT_TRUE(step);
  EXPECT_NEAR(step->fraction, 0.24, kTiny);
  EXPECT_EQ(step->text, "12 of 50 photos");
  EXPECT_NEAR(follower.Follow("I20260101 10:00:00.123 77 feature_extraction.cc:254] Processed file [25/50]")->fraction,
              0.5, kTiny);
}

TEST(ColmapLogFollower, CountsBlocksOfPairsThatWereBegun) {
  ColmapLogFollower follower(SfmStage::kMatching, 100);
  EXPECT_NEAR(follower.Follow("Matching block [1/2, 1/2]")->fraction, 0, kTiny);
  EXPECT_NEAR(follower.Follow("Matching block [2/2, 1/2] in 219.3s")->fraction, 0.5, kTiny);
  EXPECT_NEAR(follower.Follow("Processing block [2/2, 2/2]")->fraction, 0.75, kTiny);
}

TEST(ColmapLogFollower, CountsPhotosOfTheSequentialMatcher) {
  ColmapLogFollower follower(SfmStage::kMatching, 50);
  EXPECT_NEAR(follower.Follow("Matching image [11/50] in 0.2s")->fraction, 0.2, kTiny);
}

TEST(ColmapLogFollower, CountsPlacedPhotosAndNeverFallsBack) {
  ColmapLogFollower follower(SfmStage::kMapping, 20);
  EXPECT_NEAR(follower.Follow("Initializing with image pair #3 and #7")->fraction, 0.1, kTiny);
  EXPECT_NEAR(follower.Follow("Registering image #12 (15)")->fraction, 0.75, kTiny);
  const auto second = follower.Follow("=> Initializing with image pair #1 and #2");
  EXPECT_NEAR(second->fraction, 0.75, kTiny);
  EXPECT_EQ(second->text, "2 of 20 photos placed, part 2");
  EXPECT_NEAR(follower.Follow("Registering image #8 (num_reg_frames=18)")->fraction, 0.9, kTiny);
}

TEST(ColmapLogFollower, TakesNoNoticeOfBrokenCounts) {
  ColmapLogFollower features(SfmStage::kFeatures, 5), matching(SfmStage::kMatching, 5), mapping(SfmStage::kMapping, 5);
  for (const char* line :
       {"", "Processed file [", "Processed file [a/b]", "Processed file [3/0]", "Processed file [/]"}) {
    EXPECT_FALSE(features.Follow(line)) << line;
  }
  for (const char* line : {"Matching block [", "Matching block [x/2, 1/2]", "Matching image []"}) {
    EXPECT_FALSE(matching.Follow(line)) << line;
  }
  for (const char* line : {"Registering image #12", "Registering image #1 ()", ") Registering image ("}) {
    EXPECT_FALSE(mapping.Follow(line)) << line;
  }
}

}  // namespace
}  // namespace splat::data
