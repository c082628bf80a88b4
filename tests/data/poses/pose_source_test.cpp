#include "data/poses/pose_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// A capture folder in which a test places photos, models and transforms files.
class PoseSource : public ::testing::Test {
 protected:
  std::string InFolder(const std::string& name) const {
    fs::create_directories(fs::path(folder_ / name).parent_path());
    return folder_ / name;
  }
  void AddPhotos(const std::vector<std::string>& names) const {
    for (const std::string& name : names) WriteImage(InFolder(name), Image8(8, 6, 3));
  }
  // A text model with a photo of each name.
  void AddModel(const std::string& model, const std::vector<std::string>& names) const {
    WriteBytes(InFolder(model + "/cameras.txt"), "1 PINHOLE 8 6 10 10 4 3\n");
    WriteBytes(InFolder(model + "/points3D.txt"), "1 0 0 5 1 2 3 0.5\n");
    std::string images;
    for (size_t i = 0; i < names.size(); ++i) images += StrCat(i + 1, " 1 0 0 0 ", i, " 0 0 1 ", names[i], "\n\n");
    WriteBytes(InFolder(model + "/images.txt"), images);
  }
  void AddTransforms(const std::string& path, const std::vector<std::string>& names) const {
    json file = {{"fl_x", 10}, {"w", 8}, {"h", 6}, {"frames", json::array()}};
    for (const std::string& name : names) {
      const json identity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
      file["frames"].push_back({{"file_path", name}, {"transform_matrix", identity}});
    }
    WriteBytes(InFolder(path), file.dump());
  }
  // What FindPoses finds, relative to the capture folder.
  std::string Found(const std::string& image_folder) const {
    const auto found = FindPoses(folder_ / image_folder);
    return found ? fs::path(*found).lexically_relative(folder_.path()).string() : "nothing";
  }
  static std::vector<std::string> PathsOf(const SceneDescription& scene) {
    std::vector<std::string> paths;
    for (const PosedPhoto& photo : scene.photos) paths.push_back(photo.path);
    return paths;
  }

  TempDir folder_;
};

TEST_F(PoseSource, FindsNothingWhereThereAreOnlyPhotos) {
  AddPhotos({"images/a.png"});
  EXPECT_EQ(Found("images"), "nothing");
}

TEST_F(PoseSource, FindsEachPlaceInTheFolderAndItsParent) {
  fs::create_directories(folder_ / "images");
  for (const char* place : {"sparse/0", "sparse", "colmap/sparse/0", "distorted/sparse/0"}) {
    for (const std::string base : {"", "images/"}) {
      AddModel(base + place, {"a.png"});
      EXPECT_EQ(Found("images"), base + place);
      EXPECT_EQ(Found("images/"), base + place);
      fs::remove_all(folder_ / (base + place));
    }
  }
}

TEST_F(PoseSource, PrefersModelsToTransformsAndTransformsToBlendersFiles) {
  fs::create_directories(folder_ / "images");
  AddTransforms("transforms_train.json", {"a.png"});
  EXPECT_EQ(Found("images"), "transforms_train.json");
  AddTransforms("transforms.json", {"a.png"});
  EXPECT_EQ(Found("images"), "transforms.json");
  AddTransforms("images/transforms.json", {"a.png"});
  EXPECT_EQ(Found("images"), "images/transforms.json");
  AddModel("distorted/sparse/0", {"a.png"});
  EXPECT_EQ(Found("images"), "distorted/sparse/0");
}

TEST_F(PoseSource, TakesTheModelWithTheMostImages) {
  fs::create_directories(folder_ / "images");
  AddModel("sparse/0", {"a.png", "b.png"});
  AddModel("sparse/1", {"a.png", "b.png", "c.png"});
  AddModel("sparse/2", {"a.png", "b.png", "c.png"});
  fs::create_directories(folder_ / "sparse/10");  // no model
  EXPECT_EQ(Found("images"), "sparse/1");
}

TEST_F(PoseSource, OfModelsWithAsManyImagesTakesTheOneWithMorePoints) {
  fs::create_directories(folder_ / "images");
  AddModel("sparse/0", {"a.png", "b.png"});
  AddModel("sparse/1", {"a.png", "b.png"});
  WriteBytes(InFolder("sparse/1/points3D.txt"), "1 0 0 5 1 2 3 0.5\n2 0 0 6 1 2 3 0.5\n");
  EXPECT_EQ(Found("images"), "sparse/1");
}

TEST_F(PoseSource, OfModelsWithAsManyImagesTakesTheOneWhosePointsAreWhole) {
  fs::create_directories(folder_ / "images");
  AddModel("sparse/0", {"a.png", "b.png"});
  AddModel("sparse/1", {"a.png", "b.png"});
  WriteBytes(InFolder("sparse/0/points3D.txt"), "damaged\n");
  EXPECT_EQ(Found("images"), "sparse/1");
}

TEST_F(PoseSource, AFolderWithPartOfAModelIsNone) {
  AddModel("sparse/0", {"a.png"});
  fs::remove(folder_ / "sparse/0/images.txt");
  fs::create_directories(folder_ / "images");
  EXPECT_EQ(Found("images"), "nothing");
}

TEST_F(PoseSource, ResolvesTheFolderOfThePhotos) {
  const auto resolve = [&] {
    return fs::path(OpenPhotoFolder(folder_.path()).path).lexically_relative(folder_.path());
  };
  EXPECT_THAT(ErrorMessageOf(resolve), AllOf(HasSubstr(folder_.path()), HasSubstr("holds no photos")));
  AddPhotos({"other/a.png"});
  EXPECT_EQ(resolve(), ".");  // photos in subfolders belong to it
  AddPhotos({"input/a.png"});
  EXPECT_EQ(resolve(), "input");
  AddPhotos({"images/cam 1/a.png"});
  EXPECT_EQ(resolve(), "images");
  AddPhotos({"a.png"});
  EXPECT_EQ(resolve(), ".");
  EXPECT_THAT(ErrorMessageOf([&] { OpenPhotoFolder(folder_ / "none").path; }), HasSubstr("none"));
}

TEST_F(PoseSource, FindsPhotosByNameInTheFolder) {
  AddPhotos({"images/a (1).png", "images/sub/b.png"});
  AddModel("sparse/0", {"sub/b.png", "a (1).png"});
  const SceneDescription scene = ReadPoses(folder_ / "sparse/0", folder_ / "images");
  EXPECT_THAT(PathsOf(scene), ElementsAre(folder_ / "images/a (1).png", folder_ / "images/sub/b.png"));
  EXPECT_THAT(scene.warnings, IsEmpty());
  EXPECT_EQ(scene.source, "COLMAP model " + (folder_ / "sparse/0") + " (text)");
}

TEST_F(PoseSource, FindsPhotosOfAnotherSizeByTheirFileName) {
  AddPhotos({"images/a.png", "images/b.png", "images_4/a.png", "images_4/b.png"});
  AddTransforms("transforms.json", {"images/a.png", "./images/b.png"});
  const SceneDescription scene = ReadPoses(folder_ / "transforms.json", folder_ / "images_4");
  EXPECT_THAT(PathsOf(scene), ElementsAre(folder_ / "images_4/a.png", folder_ / "images_4/b.png"));
}

TEST_F(PoseSource, AnAmbiguousFileNameIsNotTakenForAnotherPhoto) {
  AddPhotos({"train/r_0.png", "test/r_0.png"});
  AddTransforms("transforms_train.json", {"train/r_0"});
  AddTransforms("transforms_test.json", {"test/r_0"});
  for (const char* given : {"", "train"}) {
    const SceneDescription scene = ReadPoses(folder_ / "transforms_train.json", folder_ / given);
    ASSERT_THAT(scene.photos, SizeIs(2));
    EXPECT_EQ(scene.photos[0].split, Split::kTest);
    EXPECT_TRUE(fs::equivalent(scene.photos[0].path, folder_ / "test/r_0.png")) << scene.photos[0].path;
    EXPECT_TRUE(fs::equivalent(scene.photos[1].path, folder_ / "train/r_0.png")) << scene.photos[1].path;
    EXPECT_THAT(scene.warnings, IsEmpty());
  }
}

TEST_F(PoseSource, PairsInSortedOrderWhereOnlyTheNamesDiffer) {
  AddPhotos({"images_4/image000.png", "images_4/image001.png"});
  AddModel("sparse/0", {"IMG_12.JPG", "IMG_11.JPG"});
  const SceneDescription scene = ReadPoses(folder_ / "sparse/0", folder_ / "images_4");
  EXPECT_EQ(scene.photos[0].name, "IMG_11.JPG");
  EXPECT_THAT(PathsOf(scene), ElementsAre(folder_ / "images_4/image000.png", folder_ / "images_4/image001.png"));
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("sorted order"), HasSubstr("IMG_11.JPG with image000.png"))));
}

TEST_F(PoseSource, LeavesOutMissingPhotosWithAWarningThatNamesThem) {
  AddPhotos({"images/b.png"});
  AddModel("sparse/0", {"a.png", "b.png", "c.png"});
  const SceneDescription scene = ReadPoses(folder_ / "sparse/0", folder_ / "images");
  EXPECT_THAT(PathsOf(scene), ElementsAre(folder_ / "images/b.png"));
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("2 of 3"), HasSubstr("a.png, c.png"))));
}

TEST_F(PoseSource, RefusesAFolderWithOtherPhotos) {
  AddPhotos({"images/x.png", "images/y.png"});
  AddModel("sparse/0", {"a.png", "b.png", "c.png"});
  const std::string message = ErrorMessageOf([&] { ReadPoses(folder_ / "sparse/0", folder_ / "images"); });
  EXPECT_THAT(message, AllOf(HasSubstr("none of its 3 photos"), HasSubstr("a.png"), HasSubstr("holds 2 photos"),
                             Not(HasSubstr("\n"))));
}

TEST_F(PoseSource, AcceptsTheFolderThatHoldsTheModelOrTheJson) {
  AddPhotos({"images/a.png"});
  AddTransforms("transforms.json", {"images/a.png"});
  EXPECT_THAT(ReadPoses(folder_.path(), folder_ / "images").source, HasSubstr("transforms.json"));
  AddModel("sparse/0", {"a.png"});
  EXPECT_THAT(ReadPoses(folder_.path(), folder_ / "images").source, HasSubstr("sparse/0"));
}

TEST_F(PoseSource, SaysWhatIsWrongWithAPath) {
  AddPhotos({"images/a.png"});
  const auto error = [&](const std::string& path) {
    return ErrorMessageOf([&] { ReadPoses(folder_ / path, folder_ / "images"); });
  };
  EXPECT_THAT(error("none"), HasSubstr("does not exist"));
  EXPECT_THAT(error("images"), HasSubstr("is no complete COLMAP model"));
  EXPECT_THAT(error("images/a.png"), HasSubstr("is not valid JSON"));
  for (const char* points : {"p.ply", "p.LAS"}) {
    WriteBytes(folder_ / points, "ply\n");
    EXPECT_THAT(error(points), HasSubstr("is a file of points, which has no poses; give a COLMAP model folder"));
  }
}

TEST(PoseSourceOfTestData, DeskHasItsModelBesideItsPhotos) {
  SPLAT_TEST_DATA_OR_SKIP(desk, "desk");
  EXPECT_EQ(OpenPhotoFolder(desk).path, desk + "/input");
  const auto found = FindPoses(desk + "/input");
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(fs::equivalent(*found, desk + "/distorted/sparse/0"));
  const SceneDescription scene = ReadPoses(*found, desk + "/input");
  EXPECT_THAT(scene.photos, SizeIs(29));
  EXPECT_THAT(scene.warnings, IsEmpty());
}

TEST(PoseSourceOfTestData, FernsPhotosArePairedWithOtherNames) {
  SPLAT_TEST_DATA_OR_SKIP(fern, "fern");
  for (const std::string& folder : {fern, fern + "/images_4"}) {
    const auto found = FindPoses(folder);
    ASSERT_TRUE(found.has_value());
    const SceneDescription scene = ReadPoses(*found, OpenPhotoFolder(folder).path);
    ASSERT_THAT(scene.photos, SizeIs(20));
    EXPECT_EQ(scene.photos[0].name, "IMG_4026.JPG");
    EXPECT_TRUE(fs::equivalent(scene.photos[0].path, fern + "/images_4/image000.png"));
    EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("sorted order")));
  }
}

TEST(PoseSourceOfTestData, FoxIsFoundEitherWay) {
  SPLAT_TEST_DATA_OR_SKIP(fox, "fox");
  EXPECT_EQ(OpenPhotoFolder(fox).path, fox + "/images");
  const SceneDescription model = ReadPoses(FindPoses(fox + "/images").value(), fox + "/images");
  EXPECT_THAT(model.photos, SizeIs(50));
  EXPECT_THAT(model.warnings, IsEmpty());
  // The file is of 67 photos, of which the set holds 50.
  const SceneDescription transforms = ReadPoses(fox + "/transforms.json", fox + "/images");
  EXPECT_THAT(transforms.photos, SizeIs(50));
  EXPECT_THAT(transforms.warnings, ElementsAre(AllOf(HasSubstr("17 of 67"), HasSubstr("images/0005.jpg"))));
  EXPECT_TRUE(fs::equivalent(FindPoses(fox + "/images").value(), fox + "/sparse/0"));
}

TEST(PoseSourceOfTestData, LegoKeepsItsSplit) {
  SPLAT_TEST_DATA_OR_SKIP(lego, "lego");
  EXPECT_EQ(OpenPhotoFolder(lego).path, lego);
  const SceneDescription scene = ReadPoses(FindPoses(lego).value(), lego);
  EXPECT_THAT(scene.photos, SizeIs(125));
  EXPECT_THAT(scene.warnings, IsEmpty());
}

}  // namespace
}  // namespace splat::data
