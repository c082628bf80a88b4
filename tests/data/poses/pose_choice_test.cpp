// What is taken of photos and poses that lie together, and what is left (docs/inputs.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "data/photos/image_io.h"
#include "io/atomic_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/pose_choice.h"
#include "tests/support/read_poses.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using splat::testing::ErrorMessageOf;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(PoseChoiceTest, PosesOfFewOfThePhotosGoLast) {
  AddPhotos("images", {"a.png", "b.png", "c.png", "d.png", "e.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  AddTransforms("transforms.json", {"images/a.png", "images/b.png", "images/c.png", "images/d.png", "images/e.png"});
  EXPECT_THAT(Choose("images").summary,
              AllOf(StartsWith("transforms file"), HasSubstr("sparse/0 (has 2 of the photos)")));
}

TEST_F(PoseChoiceTest, ChosenPhotosSeePointsByTheirPlaces) {
  AddPhotos("images", {"b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  const SceneDescription scene = *Choose("images").scene;
  ASSERT_THAT(scene.points.positions, SizeIs(1));
  ASSERT_THAT(scene.photos, SizeIs(1));
  ASSERT_THAT(scene.photos[0].observations, SizeIs(1));
  EXPECT_EQ(scene.photos[0].observations[0].point, 0u) << "41 in the file";
  EXPECT_EQ(scene.photos[0].observations[0].y, 1);
}

TEST_F(PoseChoiceTest, SizesThatDifferByNoCommonFactorAreAWarning) {
  AddPhotos("input", {"a.png", "b.png"}, {40, 30});
  AddModel("sparse/0", {"a.png", "b.png"}, {38, 29});
  EXPECT_THAT(Choose("input").scene->warnings,
              ElementsAre(AllOf(HasSubstr("no common factor"), HasSubstr("a.png is 40x30 px, its camera 38x29 px"))));
}

TEST_F(PoseChoiceTest, OtherPhotosOfTheSameNamesAreLeft) {
  AddPhotos("images", {"a.png", "b.png"});
  AddPhotos("new", {"a.png", "b.png"});
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  EXPECT_TRUE(Choose("new").scene.has_value()) << "copies of the very photos";
  Image8 other(40, 30, 3);
  other.pixels.assign(other.pixels.size(), 200);
  WriteImage(Place("new/a.png"), other);
  EXPECT_THAT(Choose("new").summary, HasSubstr("transforms.json describes other photos of the same names"));
  EXPECT_EQ(source_, "sfm");
  EXPECT_THAT(ReadPoses(folder_ / "transforms.json", folder_ / "new").photos, SizeIs(2)) << "asked for";
  AddModel("sparse/0", {"a.png", "b.png"});
  Choose("new");
  EXPECT_EQ(source_, "sfm") << "the model's photos lie in images";
  Choose("images");
  EXPECT_THAT(source_, HasSubstr("sparse/0"));
  AddPhotos("small", {"a.png", "b.png"}, {20, 15});
  EXPECT_TRUE(Choose("small").scene.has_value()) << "scaled";
}

TEST_F(PoseChoiceTest, OneOfThePhotosDoesNotTellWhetherTheyAreOthers) {
  const Names names = {"a.png", "b.png", "c.png", "d.png", "e.png", "f.png"};
  AddPhotos("images", names);
  AddTransforms("transforms.json",
                {"images/a.png", "images/b.png", "images/c.png", "images/d.png", "images/e.png", "images/f.png"});
  Image8 other(40, 30, 3);
  other.pixels.assign(other.pixels.size(), 200);
  AddPhotos("edited", names);
  WriteImage(Place("edited/a.png"), other);
  EXPECT_TRUE(Choose("edited").scene.has_value());
  AddPhotos("new", {"a.png"});
  for (const char* name : {"b.png", "c.png", "d.png", "e.png", "f.png"}) WriteImage(Place(StrCat("new/", name)), other);
  EXPECT_THAT(Choose("new").summary, HasSubstr("describes other photos of the same names"));
}

TEST_F(PoseChoiceTest, RenamedPhotosArePairedByWhatTheirNamesShare) {
  AddPhotos("images", {"cover.png", "x_1.png", "x_10.png", "x_2.png"});
  AddModel("sparse/0", {"0001.png", "0002.png", "0003.png", "0010.png"});
  const PoseChoice choice = Choose("images");
  ASSERT_TRUE(choice.scene.has_value());
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/x_1.png", "images/x_2.png", "images/x_10.png"));
  EXPECT_THAT(choice.summary, AllOf(HasSubstr("by what the names share"), HasSubstr("without a pose: cover.png")));
  EXPECT_THAT(choice.scene->warnings, Contains(HasSubstr("0003.png")));
}

TEST_F(PoseChoiceTest, PosesThatCannotBeReadAreNamed) {
  AddPhotos("images", {"a.png", "b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  EXPECT_THAT(ReadPoses(folder_ / "sparse/0/images.txt", folder_ / "images").source, HasSubstr("COLMAP model"));
  fs::remove(folder_ / "sparse/0/cameras.txt");
  EXPECT_THAT(Choose("images").summary, HasSubstr("sparse/0: is no complete COLMAP model: cameras.txt is missing"));
  fs::create_directories(folder_ / "colmap_text");
  fs::rename(folder_ / "sparse/0/images.txt", folder_ / "colmap_text/images.txt");
  const auto named = HasSubstr("colmap_text: is no complete COLMAP model: cameras.txt is missing");
  EXPECT_THAT(Choose("images").summary, named);
  AddTransforms("transforms.json", {"images/x.png", "images/y.png", "images/z.png"});
  EXPECT_THAT(Choose("images").summary, AllOf(HasSubstr("describes other photos"), named));
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  EXPECT_THAT(Choose("images").summary, AllOf(HasSubstr("left: "), named));
}

TEST_F(PoseChoiceTest, FilesThatAreNotReadAreNamed) {
  AddPhotos("images", {"a.png", "b.png"});
  WriteBytes(Place("a.nvm"), "NVM_V3\n");
  AddTransforms("transforms_all.json", {"images/a.png", "images/b.png"});
  const auto named = AllOf(HasSubstr("transforms_all.json (not looked at; --poses takes it)"),
                           HasSubstr("a.nvm (VisualSFM's, not read; export Bundler's files)"));
  EXPECT_THAT(Choose("images").summary, named);
  EXPECT_EQ(source_, "sfm");
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  EXPECT_THAT(Choose("images").summary, AllOf(HasSubstr("left: "), named));
  const PoseChoice asked = ChoosePosesAt(folder_ / "transforms_all.json", OpenPhotoFolder(folder_ / "images"));
  EXPECT_THAT(asked.scene->photos, SizeIs(2));
  EXPECT_THAT(asked.summary, AllOf(HasSubstr("a.nvm"), Not(HasSubstr("not looked at")))) << "it is what was taken";
}

TEST_F(PoseChoiceTest, PointsThatAreNotReadAreNamed) {
  AddPhotos("images", {"a.png", "b.png"});
  WriteBytes(Place("scan.LAZ"), "LASF");
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  EXPECT_THAT(Choose("images").summary, HasSubstr("scan.LAZ (points, not read; export PLY)"));
}

TEST_F(PoseChoiceTest, NamesThatSeveralPhotosHaveAreSaidToBeSo) {
  AddPhotos("images", {"x/a.png", "x/b.png", "y/a.png", "y/b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  const auto named = HasSubstr("has names that several photos have (a.png is x/a.png or y/a.png)");
  EXPECT_THAT(Choose("images").summary,
              AllOf(named, HasSubstr("do not say which photos they are of"), Not(HasSubstr("other photos"))));
  EXPECT_EQ(source_, "sfm");
  EXPECT_THAT(ErrorMessageOf([&] { ChoosePosesAt(folder_ / "sparse/0", OpenPhotoFolder(folder_ / "images")); }), named);
  const PoseChoice one = ChoosePosesAt(folder_ / "sparse/0", OpenPhotoFolder(folder_ / "images/y"));
  EXPECT_THAT(one.scene->photos, SizeIs(2)) << "as the message says";
}

TEST_F(PoseChoiceTest, NamesThatSeveralPhotosHaveAreTakenAtTheirPlace) {
  AddPhotos(".", {"a.png", "b.png", "images/a.png", "images/b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  const PoseChoice choice = Choose(".");
  EXPECT_THAT(choice.summary, HasSubstr("for 2 of 4 photos"));
  ASSERT_TRUE(choice.scene.has_value());
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("a.png", "b.png"));
  EXPECT_THAT(choice.scene->warnings, ElementsAre(AllOf(HasSubstr("several photos have the names"),
                                                        HasSubstr("in the very places that it names were taken: a.png"),
                                                        Not(HasSubstr("none was taken")))));
}

TEST_F(PoseChoiceTest, PosesOfSingleSubfoldersAreNamed) {
  AddPhotos("A/images", {"a.png", "b.png"});
  AddModel("A/sparse/0", {"a.png", "b.png"});
  AddPhotos("B/images", {"c.png", "d.png"});
  AddModel("B/sparse/0", {"c.png", "d.png"});
  const std::string summary = Choose(".").summary;
  EXPECT_EQ(source_, "sfm");
  EXPECT_THAT(summary, AllOf(StartsWith("No poses lie with the photos"), HasSubstr("A/sparse/0 for"),
                             HasSubstr("B/sparse/0 for"), HasSubstr("one folder")));
  Choose("A");
  EXPECT_THAT(source_, HasSubstr("A/sparse/0"));
}

TEST_F(PoseChoiceTest, AnotherSpellingOfANameIsAFurtherEntry) {
  AddPhotos("images", {"a.png", "b.png"});
  AddTransforms("transforms.json", {"images/a.png", "images/b.png", "IMAGES/A.PNG", "images/c.png"});
  const PoseChoice choice = Choose("images");
  EXPECT_THAT(choice.scene->photos, SizeIs(2));
  EXPECT_THAT(choice.scene->warnings,
              AllOf(Contains(HasSubstr("do not count: IMAGES/A.PNG")), Contains(HasSubstr("left out: images/c.png"))));
}

TEST_F(PoseChoiceTest, OfTwoKindsOfOnePhotoThatOfTheOthersIsTaken) {
  AddPhotos("images", {"a.jpg", "a.png", "b.jpg"});
  AddTransforms("transforms.json", {"images/a", "images/b"});
  const PoseChoice choice = Choose("images");
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/a.jpg", "images/b.jpg"));
  EXPECT_THAT(choice.scene->warnings, ElementsAre(HasSubstr("images/a is a.jpg")));
}

TEST_F(PoseChoiceTest, PhotosWithAnotherExtensionAreNeverPairedByOrder) {
  AddPhotos("images", {"a_cover.png", "p1.png", "p2.png"});
  AddModel("sparse/0", {"p1.jpg", "p2.jpg", "p3.jpg"});
  const PoseChoice choice = Choose("images");
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/p1.png", "images/p2.png"));
  EXPECT_THAT(choice.scene->warnings, Contains(AllOf(HasSubstr("1 of 3"), HasSubstr("p3.jpg"))));
  EXPECT_THAT(choice.summary, HasSubstr("without a pose: a_cover.png"));
}

TEST_F(PoseChoiceTest, PhotosThatWereNotAskedForAreNotTaken) {
  AddPhotos("images", {"a.png", "b.png"});
  AddPhotos("new_photos", {"x.png", "y.png"});
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  PoseChoice choice = Choose("new_photos");
  EXPECT_EQ(source_, "sfm");
  EXPECT_THAT(choice.summary, AllOf(HasSubstr("describes other photos: images/a.png"), HasSubstr("COLMAP finds them")));
  EXPECT_THAT(ErrorMessageOf([&] { ReadPoses(folder_ / "transforms.json", folder_ / "new_photos"); }),
              HasSubstr("none of its 2 photos"));
  fs::remove(folder_ / "transforms.json");
  AddModel("sparse/0", {"a.png", "b.png"});
  Choose("new_photos");
  EXPECT_EQ(source_, "sfm");
  fs::remove_all(folder_ / "images");
  Choose("new_photos");
  EXPECT_EQ(source_, "sfm") << "as many photos of the same size in a folder of any name prove nothing";
}

TEST_F(PoseChoiceTest, ASubfolderOfTheImagesHasItsOwnPhotosOnly) {
  AddPhotos("images", {"cam1/a.png", "cam2/a.png"});
  AddModel("sparse/0", {"cam1/a.png", "cam2/a.png"});
  EXPECT_THAT(FilesOf(*Choose("images").scene), ElementsAre("images/cam1/a.png", "images/cam2/a.png"));
  EXPECT_THAT(FilesOf(*Choose("images/cam2").scene), ElementsAre("images/cam2/a.png"));
}

TEST_F(PoseChoiceTest, PosesTwoFoldersAboveMustNameTheVeryPhotos) {
  AddPhotos("images", {"a.png"});
  AddPhotos("set/images", {"a.png"});
  AddTransforms("transforms.json", {"images/a.png"});
  Choose("set/images");
  EXPECT_EQ(source_, "sfm");
}

TEST_F(PoseChoiceTest, MasksAndDepthImagesAreNeverPhotos) {
  AddPhotos("images", {"a.png", "b.png", "masks/a.png", "depth/a.png", "depth/b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  EXPECT_THAT(FilesOf(*Choose("images").scene), ElementsAre("images/a.png", "images/b.png"));
  EXPECT_THAT(Choose("images").scene->warnings,
              ElementsAre(AllOf(StartsWith("2 images in "), HasSubstr("depth/a.png, depth/b.png"))))
      << "masks have a line of their own";
}

TEST_F(PoseChoiceTest, PosesThatCannotBeReadAreLeftIfOthersServe) {
  AddPhotos("images", {"a.png", "b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  WriteBytes(folder_ / "sparse/0/cameras.txt", "damaged\n");
  EXPECT_THAT(ErrorMessageOf([&] { Choose("images"); }), HasSubstr("cameras.txt: line 1"));
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  EXPECT_THAT(Choose("images").summary, AllOf(HasSubstr("transforms.json"), HasSubstr("cameras.txt: line 1")));
}

TEST_F(PoseChoiceTest, AFolderAsPosesGivesTheModelOfThePhotosSize) {
  AddPhotos("input", {"a.png", "b.png"}, {40, 30});
  AddModel("set/distorted/sparse/0", {"a.png", "b.png"}, {40, 30});
  AddModel("set/sparse/0", {"a.png", "b.png"}, {38, 29});
  const PoseChoice choice = ChoosePosesAt(folder_ / "set", OpenPhotoFolder(folder_ / "input"));
  EXPECT_THAT(choice.summary, HasSubstr("set/distorted/sparse/0"));
}

TEST_F(PoseChoiceTest, OnePhotoOfAnotherSizeDoesNotDecide) {
  AddPhotos("input", {"a.png", "b.png", "c.png"}, {40, 30});
  AddPhotos("input", {"b.png"}, {38, 29});
  AddModel("sparse/0", {"a.png", "b.png", "c.png"}, {38, 29});
  AddModel("colmap/sparse/0", {"a.png", "b.png", "c.png"}, {40, 30});
  EXPECT_THAT(Choose("input").summary, HasSubstr("colmap/sparse/0 (text) for 3 of 3"));
}

TEST_F(PoseChoiceTest, WhatLiesBesideTheChosenFolderIsNamed) {
  AddPhotos("images", {"a.png", "b.png"});
  AddPhotos("images_2", {"a.png", "b.png"}, {20, 15});
  AddPhotos(".", {"cover.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  EXPECT_THAT(Choose(".").summary, HasSubstr("left: cover.png, images_2/"));
}

TEST_F(PoseChoiceTest, AModelNeverMixesTwoVersionsOfThePhotos) {
  AddPhotos("images", {"a.png", "b.png"}, {38, 29});
  AddPhotos("input", {"a.png", "b.png", "c.png"}, {40, 30});
  AddModel("sparse/0", {"a.png", "b.png", "c.png"}, {38, 29});
  EXPECT_THAT(FilesOf(*Choose(".").scene), ElementsAre("images/a.png", "images/b.png"));
}

TEST_F(PoseChoiceTest, ANamedSplitHoldsPhotosOut) {
  AddPhotos("images", {"a.png", "b.png"});
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"}, {},
                {{"train_filenames", {"images/a.png"}}, {"test_filenames", {"images/b.png"}}});
  const PoseChoice choice = Choose("images");
  EXPECT_EQ(choice.scene->photos.at(0).split, Split::kTrain);
  EXPECT_EQ(choice.scene->photos.at(1).split, Split::kTest);
}

}  // namespace
}  // namespace splat::data
