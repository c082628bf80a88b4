#include "data/photos/photo_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using splat::testing::ErrorMessageOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(MatchMasks, TakesTheNameThenTheNameWithItsExtensionThenTheMark) {
  EXPECT_THAT(MatchMasks({"a.jpg"}, {"a_mask.png", "a.jpg.png", "a.png"}), ElementsAre(2));
  EXPECT_THAT(MatchMasks({"a.jpg"}, {"a_mask.png", "a.jpg.png"}), ElementsAre(1));
  EXPECT_THAT(MatchMasks({"a.jpg", "b.jpg"}, {"a_mask.png"}), ElementsAre(0, -1));
  EXPECT_THAT(MatchMasks({"IMG_1.JPG"}, {"img_1.Jpg.TIF"}), ElementsAre(0)) << "any case, any extension";
  EXPECT_THAT(MatchMasks({"a.jpg", "a.tif"}, {"a.jpg.png", "a.tif.png"}), ElementsAre(0, 1));
}

TEST(MatchMasks, OfEquallyGoodNamesTheShortestIsTaken) {
  EXPECT_THAT(MatchMasks({"a.jpg"}, {"masks/a.png", "a.png", "a.tif"}), ElementsAre(1));
  EXPECT_THAT(MatchMasks({"a.jpg"}, {"a.tif", "a.png", "masks/a.png"}), ElementsAre(1)) << "in whatever order";
}

TEST(MatchMasks, TheSubPathIsThatOfThePhoto) {
  EXPECT_THAT(MatchMasks({"left/1.jpg", "right/1.jpg"}, {"right/1.png", "left/1.png"}), ElementsAre(1, 0));
  EXPECT_THAT(MatchMasks({"left/1.jpg", "right/1.jpg"}, {"right/masks/1.png", "masks/left/1.png"}), ElementsAre(1, 0))
      << "folders of masks are passed over";
}

TEST(MatchMasks, WhatIsLeftOfANameDecidesOnlyWhereItIsUnique) {
  EXPECT_THAT(MatchMasks({"left/1.jpg", "right/2.jpg"}, {"1.mask.png", "mask_2.jpg.png"}), ElementsAre(0, 1));
  EXPECT_THAT(MatchMasks({"left/1.jpg", "right/1.jpg"}, {"1.png"}), ElementsAre(-1, -1)) << "of which photo?";
  for (const char* mask : {"1_mask.png", "1-mask.png", "1.mask.png", "1_masks.png", "1-MASKS.png", "mask-1.png"}) {
    EXPECT_THAT(MatchMasks({"left/1.jpg"}, {mask}), ElementsAre(0)) << mask;
  }
  EXPECT_THAT(MatchMasks({"left/1.jpg"}, {"x/1-mask.png", "y/1-mask.png"}), ElementsAre(-1)) << "which mask?";
}

class FindMasksTest : public ::testing::Test {
 protected:
  void Add(const std::string& name) const {
    fs::create_directories(fs::path(folder_ / name).parent_path());
    splat::testing::WriteBytes(folder_ / name, "x");
  }
  PhotoMasks Find(const std::string& photos, const std::string& asked = "auto") const {
    return FindMasks(OpenPhotoFolder(folder_ / photos), asked);
  }
  testing::TempDir folder_;
};

TEST_F(FindMasksTest, MasksLieAmongThePhotosOrBesideTheirFolder) {
  for (const char* name : {"set/images/a.jpg", "set/images/b.jpg"}) Add(name);
  EXPECT_THAT(Find("set").of_photo, IsEmpty());
  Add("set/masks/a.png");
  EXPECT_THAT(Find("set").of_photo, ElementsAre(Pair("a.jpg", folder_ / "set/masks/a.png")));
  Add("set/images/a_mask.png");
  Add("set/images/b_mask.png");
  EXPECT_THAT(Find("set").of_photo, ElementsAre(Pair("a.jpg", folder_ / "set/images/a_mask.png"),
                                                Pair("b.jpg", folder_ / "set/images/b_mask.png")))
      << "where most photos have one";
}

TEST_F(FindMasksTest, AMaskFolderMayHoldTheMasksOfSeveralFolders) {
  for (const char* name : {"set/left/1.jpg", "set/right/1.jpg", "set/masks/left/1.png", "set/masks/right/1.png"}) {
    Add(name);
  }
  EXPECT_THAT(Find("set/left").of_photo, ElementsAre(Pair("1.jpg", folder_ / "set/masks/left/1.png")));
}

TEST_F(FindMasksTest, MasksOfAnotherFolderAreNotTaken) {
  for (const char* name : {"fox/1.jpg", "lego_masks/1.png"}) Add(name);
  EXPECT_THAT(Find("fox").of_photo, IsEmpty());
  Add("fox_masks/1.png");
  EXPECT_THAT(Find("fox").of_photo, ElementsAre(Pair("1.jpg", folder_ / "fox_masks/1.png")));
}

TEST_F(FindMasksTest, OnlyMasksAreTakenForMasks) {
  for (const char* name :
       {"set/images/a.jpg", "set/images/a_depth.png", "set/images/a_normal.png", "set/images/a_seg.png",
        "set/depth/a.png", "set/normals/a.png", "set/alpha/a.png", "set/thumbnails/a.jpg", "set/semantics/a.png",
        "set/images_2/a.jpg", "set/colmap_masks/a.jpg.png"}) {
    Add(name);
  }
  const PhotoMasks found = Find("set/images");
  EXPECT_THAT(found.of_photo, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST_F(FindMasksTest, AFolderThatIsAskedForMustHaveMasks) {
  for (const char* name : {"set/images/a.jpg", "set/masks/a.png", "other/a.JPG.png", "wrong/x.png"}) Add(name);
  EXPECT_THAT(Find("set", folder_ / "other").of_photo, ElementsAre(Pair("a.jpg", folder_ / "other/a.JPG.png")));
  EXPECT_THAT(ErrorMessageOf([&] { Find("set", folder_ / "wrong"); }),
              HasSubstr("wrong: none of its 1 images is named like one of the photos (a.jpg"));
  EXPECT_THAT(ErrorMessageOf([&] { Find("set", folder_ / "none"); }), HasSubstr("is not a folder that exists"));
  EXPECT_THAT(Find("set", "off").of_photo, IsEmpty());
}

TEST_F(FindMasksTest, MasksOfNoPhotoAreAWarning) {
  for (const char* name : {"set/images/a.jpg", "set/masks/x.png"}) Add(name);
  PhotoMasks found = Find("set");
  EXPECT_THAT(found.of_photo, IsEmpty());
  EXPECT_THAT(found.warnings, ElementsAre(HasSubstr("masks: holds 1 images that look like masks, but none is named")));
  for (const char* name : {"set/masks/a.png", "set/masks/y.png"}) Add(name);
  found = Find("set");
  EXPECT_EQ(found.of_photo.size(), 1u);
  EXPECT_THAT(found.warnings,
              ElementsAre(HasSubstr("2 of its 3 masks belong to no photo by their names (x.png, y.png)")));
}

TEST_F(FindMasksTest, FilesThatAreNotReadAsMasksAreSaid) {
  for (const char* name : {"set/images/a.jpg", "set/masks/b.npy", "set/masks/a.gif", "set/masks/.hidden"}) Add(name);
  EXPECT_THAT(Find("set").warnings,
              ElementsAre(HasSubstr("masks: none of its 2 files (a.gif, ...) is read as a mask; convert them to PNG")));
  Add("set/masks/a.png");
  EXPECT_THAT(Find("set").warnings, IsEmpty());
}

}  // namespace
}  // namespace splat::data
