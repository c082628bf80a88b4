#include "data/photos/photo_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/byte_writer.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using splat::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PhotoFolder, ImagesThatBelongToPhotosAreNoPhotos) {
  const PhotosAndMasks parted =
      SplitOffMasks({"a.jpg", "a.jpg.png", "a_mask.png", "b.jpg", "depths/a.png", "masks/a.png", "sub/Masks/c.png"});
  EXPECT_THAT(parted.photos, ElementsAre("a.jpg", "b.jpg"));
  EXPECT_THAT(parted.masks, ElementsAre("a.jpg.png", "a_mask.png", "masks/a.png", "sub/Masks/c.png"));
  EXPECT_THAT(parted.others, ElementsAre("depths/a.png"));
}

TEST(PhotoFolder, WhatIsMadeOfPhotosIsNoPhoto) {
  const std::vector<std::string> photos = {"a.jpg", "sub/b.jpg"};
  const std::vector<std::string> masks = {"a_masks.png",     "mask_a.png",         "masks_2/a.png",
                                          "sam_masks/a.png", "segmentation/a.png", "sub/mask_b.png"};
  const std::vector<std::string> others = {"@eaDir/a.jpg/SYNOFILE_THUMB_M.jpg",
                                           "a-seg.png",
                                           "a_Depth.png",
                                           "a_normal.png",
                                           "a_seg.png",
                                           "a_segmentation.png",
                                           "alpha/a.png",
                                           "colmap_masks/a.jpg.png",
                                           "images_2/a.png",
                                           "images_8/sub/b.png",
                                           "masks/depth/a.png",
                                           "semantics/a.png",
                                           "sub/b_depth.png",
                                           "sub/images_2/b.png",
                                           "thumbnails/a.jpg"};
  std::vector<std::string> all = photos;
  all.insert(all.end(), masks.begin(), masks.end());
  all.insert(all.end(), others.begin(), others.end());
  EXPECT_EQ(SplitOffMasks(all).photos, photos);
  EXPECT_EQ(SplitOffMasks(all).masks, masks);
  EXPECT_EQ(SplitOffMasks(all).others, others);
  const std::vector<std::string> lone = {"images_2/c.png", "mask_c.png", "room_depth.jpg", "x/images_two/d.png",
                                         "d.png"};
  EXPECT_EQ(SplitOffMasks(lone).photos, lone) << "nothing that they could be made of lies there";
}

TEST(PhotoFolder, ResultsOfEarlierRunsAreNoPhotos) {
  TempDir folder;
  const auto add = [&](const std::string& name) {
    fs::create_directories(fs::path(folder / name).parent_path());
    splat::testing::WriteBytes(folder / name, "x");
  };
  for (const char* name : {"1.png", "2.png", "out/config.json", "out/renders/1.png", "out/sfm/1.png"}) add(name);
  EXPECT_THAT(OpenPhotoFolder(folder.path()).names,
              ElementsAre("1.png", "2.png", "out/renders/1.png", "out/sfm/1.png"));
  add("out/metrics.json");
  PhotoFolder photos = OpenPhotoFolder(folder.path());
  EXPECT_THAT(photos.names, ElementsAre("1.png", "2.png"));
  EXPECT_THAT(photos.others, ElementsAre("out/renders/1.png", "out/sfm/1.png"));
  for (const char* name : {"config.json", "metrics.json", "renders/1.png"}) add(name);
  EXPECT_THAT(OpenPhotoFolder(folder.path()).names, ElementsAre("1.png", "2.png")) << "written among the photos";
}

TEST(PhotoFolder, LinksThatLeadNowhereAreNoPhotos) {
  const TempDir folder;
  for (const char* name : {"a.jpg", "b.jfif", "c.JPE"}) splat::testing::WriteBytes(folder / name, "x");
  fs::create_symlink("itself.jpg", folder / "itself.jpg");
  fs::create_symlink("/nowhere/x.jpg", folder / "nowhere.jpg");
  fs::create_symlink(".", folder / "around");
  EXPECT_THAT(OpenPhotoFolder(folder.path()).names, ElementsAre("a.jpg", "b.jfif", "c.JPE"));
}

TEST(PhotoFolder, PhotosOfAMaskAreNoMasks) {
  const std::vector<std::string> photos = {"mask/1.jpg", "mask/2.jpg"};
  EXPECT_EQ(SplitOffMasks(photos).photos, photos) << "nothing lies beside that folder";
  EXPECT_THAT(SplitOffMasks({"face_mask.jpg", "other.jpg"}).masks, IsEmpty()) << "no face.jpg lies there";
}

TEST(PhotoFolder, TakesOneOfTheFoldersOfOneCapture) {
  TempDir folder;
  const auto add = [&](const std::string& name) {
    fs::create_directories(fs::path(folder / name).parent_path());
    splat::testing::WriteBytes(folder / name, "x");
  };
  for (const char* name : {"images_8/1.png", "images_4/1.png", "images_4/2.png"}) add(name);
  EXPECT_EQ(OpenPhotoFolder(folder.path()).path, folder / "images_4");
  for (const char* name : {"images/1.png", "images/2.png", "images/masks/1.png", "cover.jpg"}) add(name);
  const PhotoFolder photos = OpenPhotoFolder(folder.path());
  EXPECT_EQ(photos.given, folder.path());
  EXPECT_EQ(photos.path, folder / "images") << "though one image lies beside it";
  EXPECT_THAT(photos.names, ElementsAre("1.png", "2.png"));
  EXPECT_THAT(photos.masks, ElementsAre("masks/1.png"));
  EXPECT_THAT(photos.left, ElementsAre("cover.jpg", "images_4/", "images_8/"));
}

TEST(FileNamed, FindsPhotosWithoutTheirEndsInTheUsualCases) {
  const TempDir folder;
  for (const char* name : {"a.TIF", "b.Jpg", "c.webp", "d.WEBP"}) splat::testing::WriteBytes(folder / name, "x");
  for (const char* name : {"a.TIF", "b.Jpg", "c.webp", "d.WEBP"}) {
    EXPECT_EQ(FileNamed(folder.path(), std::string(name, 1)), folder / name);
  }
  EXPECT_EQ(FileNamed(folder.path(), "e"), folder / "e") << "is not there";
}

}  // namespace
}  // namespace splat::data
