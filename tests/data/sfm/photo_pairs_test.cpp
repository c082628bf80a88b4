#include "data/sfm/photo_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace splat::data {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Numbered(const std::string& prefix, const std::vector<int>& numbers) {
  std::vector<std::string> names;
  for (int number : numbers) {
    std::string digits = std::to_string(number);
    names.push_back(prefix + std::string(5 - digits.size(), '0') + digits + ".jpg");
  }
  return names;
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

TEST(PairsOfScores, AddsNeighboursByNameAndMoreWhereOnlySomePhotosWereScored) {
  const std::vector<ScoredPair> scored = {{{0, 30}, 90}};
  EXPECT_THAT(PairsOfScores(40, scored, 1, 1),
              ::testing::AllOf(::testing::Contains(PhotoPair(0, 30)), ::testing::Contains(PhotoPair(0, 3)),
                               ::testing::Not(::testing::Contains(PhotoPair(0, 9)))));
  EXPECT_THAT(PairsOfScores(40, scored, 1, 2), ::testing::Contains(PhotoPair(0, 9)));
}

}  // namespace
}  // namespace splat::data
