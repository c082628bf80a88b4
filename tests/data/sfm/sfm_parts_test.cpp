#include "data/sfm/sfm_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "data/sfm/colmap_database.h"
#include "tests/support/fake_colmap.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FakeColmap;
using testing::FakeVersion;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TempDir;

SfmPlan PlanWith(PairChoice pairs) {
  SfmPlan plan;
  plan.pairs = pairs;
  return plan;
}

TEST(OtherParts, AreDisjointTheLargestFirstAndHaveThreePhotos) {
  const TempDir folder;
  FakeColmap fake(folder.path(), FakeVersion::k38);
  fake.AddModel("0", {"b1", "b2", "b3"}, 1);
  fake.AddModel("1", {"a1", "a2", "a3", "a4", "a5"}, 1);
  fake.AddModel("2", {"c4", "c3", "c2", "c1", "a1"}, 1);
  fake.AddModel("3", {"a1", "a2", "a3", "d1"}, 1);  // a part of the same thing
  fake.AddModel("4", {"e1", "e2"}, 1);
  fake.AddModel("5", {"f1", "f2", "f3"}, 1);
  std::ofstream(folder / "models/5/images.txt") << "damaged";
  const ColmapModel model = {folder / "models/1", {}};
  EXPECT_THAT(OtherParts(model), ElementsAre(ElementsAre("c1", "c2", "c3", "c4"), ElementsAre("b1", "b2", "b3")));
}

TEST(OtherParts, AreNoneBesideAModelThatIsTheOnlyOne) {
  const TempDir folder;
  FakeColmap fake(folder.path(), FakeVersion::k38);
  fake.AddModel("sparse_attempt_1", {"a1", "a2"}, 1);
  fake.AddModel("1", {"b1", "b2", "b3"}, 1);
  EXPECT_THAT(OtherParts({folder / "models/sparse_attempt_1", {}}), IsEmpty());
}

TEST(DescribeLeftOut, IsOneLineThatAdvisesWhereFewAreLeft) {
  SfmResult result;
  result.photos_given = 150;
  result.photos_registered = 150;
  EXPECT_EQ(DescribeLeftOut(result), "");
  result.other_parts = {{"p1", "p2", "p3"}};
  result.left_out = {"p1", "p2", "p3"};
  EXPECT_EQ(DescribeLeftOut(result), "") << "they are in a part";
  result.left_out.emplace_back("x.jpg");
  EXPECT_EQ(DescribeLeftOut(result), "COLMAP could not place 1 of 150 photos, which are left out: x.jpg");
  result.photos_registered = 2;
  for (int i = 0; i < 144; ++i) result.left_out.push_back(StrCat("a", i));
  EXPECT_THAT(DescribeLeftOut(result),
              AllOf(StartsWith("COLMAP could not place 145 of 150 photos"), HasSubstr("(145 in all)"),
                    HasSubstr("the scene is made of 2 photos alone"), Not(HasSubstr("\n"))));
}

TEST(OnlyPartsAreLeft, NeedsAllPairsTwoGroupsAndAFullPart) {
  const PhotoNames nine(9, "a"), three(3, "b"), two(2, "c");
  EXPECT_TRUE(OnlyPartsAreLeft(PlanWith(PairChoice::kAll), {nine, three}, 9));
  EXPECT_FALSE(OnlyPartsAreLeft(PlanWith(PairChoice::kScored), {nine, three}, 9)) << "pairs may have been missed";
  EXPECT_FALSE(OnlyPartsAreLeft(PlanWith(PairChoice::kAll), {nine, three}, 4)) << "the part may grow";
  EXPECT_FALSE(OnlyPartsAreLeft(PlanWith(PairChoice::kAll), {nine, two}, 9)) << "two photos are no part";
  EXPECT_FALSE(OnlyPartsAreLeft(PlanWith(PairChoice::kAll), {nine}, 9));
  EXPECT_FALSE(OnlyPartsAreLeft(PlanWith(PairChoice::kAll), {}, 0));
}

TEST(ColmapDatabase, GroupsPhotosByVerifiedPairs) {
  const TempDir folder;
  FakeColmap fake(folder.path(), FakeVersion::k38);
  fake.SetFeatures({"a", "b", "c", "d", "e", "f"});
  for (const auto& [first, second] : {std::pair(1, 6), std::pair(2, 3), std::pair(2, 4), std::pair(3, 4)}) {
    fake.AddVerifiedPair(first, second);
  }
  ColmapDatabase database(folder / "features.db");
  EXPECT_EQ(database.ConnectedPhotos().size(), 6u) << "nothing is matched yet";
  for (int first = 1; first < 6; ++first) database.WriteMatches({{first, first + 1, {}}, {first, 6, {}}, {2, 4, {}}});
  EXPECT_THAT(database.ConnectedPhotos(),
              ElementsAre(ElementsAre("b", "c", "d"), ElementsAre("a", "f"), ElementsAre("e")));
}

}  // namespace
}  // namespace splat::data
