// The layouts in docs/inputs.md: each gives the poses of its photos.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/pose_choice.h"
#include "tests/support/read_poses.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using splat::testing::Bytes;
using splat::testing::ErrorMessageOf;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Each layout gives the poses of its photos, named in the line, and never those of others.
TEST_F(PoseChoiceTest, EveryLayoutServesItsPhotosAndNoOthers) {
  const Names names = {"a.png", "b.png"}, in_images = {"images/a.png", "images/b.png"};
  AddPhotos("images", names);
  AddPhotos("new_photos", {"x.png", "y.png"});
  std::map<std::string, std::function<void()>> layouts;
  for (const std::string model : {"sparse/0", "sparse/12", "sparse", "distorted/sparse/0", "dense/sparse",
                                  "dense/0/sparse", "undistorted/sparse", "colmap/sparse/0", "colmap", "colmap_text"}) {
    layouts[model] = [&, model] { AddModel(model, names); };
  }
  layouts["images.txt"] = [&] { AddModel("", names); };
  layouts["transforms.json"] = [&] { AddTransforms("transforms.json", in_images); };
  layouts["transforms_train.json"] = [&] { AddTransforms("transforms_train.json", in_images); };
  layouts["cameras of it.xml"] = [&] { AddMetashape("cameras of it.xml", {"a", "b"}); };
  layouts["Cameras.CSV"] = [&] { AddRealityCapture("Cameras.CSV", names); };
  layouts["poses_bounds.npy"] = [&] { AddLlff("poses_bounds.npy", 2); };
  layouts["bundle/bundle.out"] = [&] { AddBundler("bundle/bundle.out", names); };
  layouts["bundle.out"] = [&] { AddBundler("bundle.out", names); };
  for (const auto& [path, add] : layouts) {
    add();
    for (const char* given : {"images", "."}) {
      const PoseChoice choice = Choose(given);
      ASSERT_TRUE(choice.scene.has_value()) << path;
      EXPECT_THAT(choice.summary, HasSubstr("for 2 of 2 photos in ")) << path;
      EXPECT_THAT(choice.summary, HasSubstr(path == "images.txt" ? folder_.path() : folder_ / path)) << path;
      EXPECT_THAT(FilesOf(*choice.scene), ElementsAreArray(in_images)) << path;
    }
    const PoseChoice other = Choose("new_photos");
    EXPECT_EQ(source_, "sfm") << path;
    EXPECT_THAT(other.summary, HasSubstr(" other photos")) << path;
    std::vector<fs::path> added;
    for (const auto& entry : fs::directory_iterator(folder_.path())) added.push_back(entry.path());
    for (const fs::path& entry : added) {
      if (entry.filename() != "images" && entry.filename() != "new_photos") fs::remove_all(entry);
    }
  }
}

TEST_F(PoseChoiceTest, BlendersHeldOutPhotosLieBesideThoseThatWereAskedFor) {
  AddPhotos("train", {"r_0.png", "r_1.png"});
  AddPhotos("test", {"r_0.png"});
  AddTransforms("transforms_train.json", {"./train/r_0", "./train/r_1"});
  AddTransforms("transforms_test.json", {"./test/r_0"});
  const PoseChoice choice = Choose("train");
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("test/r_0.png", "train/r_0.png", "train/r_1.png"));
  EXPECT_EQ(choice.scene->photos.at(0).split, Split::kTest);
  EXPECT_EQ(choice.scene->photos.at(1).split, Split::kTrain);
}

TEST_F(PoseChoiceTest, LlffsPosesGoWithAllPhotosInSortedOrder) {
  AddPhotos("images_4", {"10.png", "2.png"});  // sorted as text, which is how LLFF does it
  AddLlff("poses_bounds.npy", 2, {160, 120});
  for (const char* given : {"images_4", "."}) {
    const PoseChoice choice = Choose(given);
    EXPECT_THAT(choice.summary, AllOf(HasSubstr("poses_bounds.npy (2 rows) for 2 of 2"), HasSubstr("in sorted order")));
    ASSERT_TRUE(choice.scene.has_value());
    EXPECT_THAT(choice.scene->warnings, ElementsAre(HasSubstr("has no points")));
    EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images_4/10.png", "images_4/2.png"));
    EXPECT_EQ(choice.scene->photos[1].name, "2.png");
    EXPECT_NEAR(choice.scene->photos[1].camera_from_world.translation.x, -1, 1e-12);
  }
  const std::string file = folder_ / "poses_bounds.npy";
  EXPECT_THAT(ReadPoses(file, folder_ / "images_4").photos, SizeIs(2));
  AddPhotos("images_4", {"3.png"});
  EXPECT_THAT(Choose("images_4").summary,
              AllOf(HasSubstr("poses_bounds.npy has poses of 2 photos, and "), HasSubstr("holds 3")));
  EXPECT_EQ(source_, "sfm");
  EXPECT_THAT(ErrorMessageOf([&] { ReadPoses(file, folder_ / "images_4"); }),
              AllOf(StartsWith(file + " has poses of 2 photos"), HasSubstr("give exactly those")));
}

TEST_F(PoseChoiceTest, LlffsPosesOfPhotosOfAnotherAspectAreNamedAsThat) {
  AddPhotos("images", {"a.png", "b.png"}, {40, 30});
  AddLlff("poses_bounds.npy", 2, {160, 90});
  EXPECT_THAT(Choose("images").summary,
              AllOf(HasSubstr("poses_bounds.npy names no photos, and is of others by their sizes (a.png is 40x30 px, "
                              "its camera 160x90 px)"),
                    Not(HasSubstr("not named images"))));
  EXPECT_EQ(source_, "sfm");
  fs::rename(folder_ / "images", folder_ / "new");
  EXPECT_THAT(Choose("new").summary, HasSubstr("the folder is not named images"));
}

TEST_F(PoseChoiceTest, AModelBesideLlffsPosesIsPreferred) {
  AddPhotos("images_4", {"a.png", "b.png"});
  AddLlff("poses_bounds.npy", 2, {160, 120});
  AddModel("sparse/0", {"IMG_1.JPG", "IMG_7.JPG"}, {160, 120});
  EXPECT_THAT(Choose("images_4").summary,
              HasSubstr("poses_bounds.npy (fits these photos as well; --poses takes it instead)"));
  EXPECT_THAT(source_, HasSubstr("sparse/0"));
  WriteBytes(Place("poses_bounds.npy"), "x");
  Choose("images_4");
  EXPECT_THAT(source_, HasSubstr("sparse/0"));
  fs::remove_all(folder_ / "sparse");
  EXPECT_THAT(ErrorMessageOf([&] { Choose("images_4"); }), HasSubstr("poses_bounds.npy: is no .npy file"));
}

TEST_F(PoseChoiceTest, InriasLayoutHasOneModelForItsInputAndOneForItsImages) {
  AddPhotos("input", {"a.png", "b.png"}, {40, 30});
  AddPhotos("images", {"a.png", "b.png"}, {38, 29});
  AddModel("distorted/sparse/0", {"a.png", "b.png"}, {40, 30});
  AddModel("sparse/0", {"a.png", "b.png"}, {38, 29});
  for (const auto& [given, model] :
       {std::pair("input", "distorted/sparse/0"), std::pair("images", "/sparse/0"), std::pair(".", "/sparse/0")}) {
    const PoseChoice choice = Choose(given);
    EXPECT_THAT(source_, HasSubstr(model)) << given;
    EXPECT_THAT(choice.summary, HasSubstr("left: ")) << given;
    EXPECT_THAT(choice.summary, HasSubstr("its cameras have other sizes")) << given;
    EXPECT_THAT(choice.scene->warnings, IsEmpty()) << given;
  }
  EXPECT_THAT(Choose("input").scene->source, HasSubstr("distorted"));
}

TEST_F(PoseChoiceTest, NerfstudiosLayoutServesEachOfItsImageFolders) {
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"}, {80, 60});
  AddPhotos("images", {"a.png", "b.png"}, {80, 60});
  AddPhotos("images_2", {"a.png", "b.png"}, {40, 30});
  for (const char* given : {"images", "images_2"}) {
    const PoseChoice choice = Choose(given);
    ASSERT_TRUE(choice.scene.has_value()) << given;
    EXPECT_THAT(FilesOf(*choice.scene), Each(StartsWith(std::string(given) + "/")));
    EXPECT_THAT(choice.scene->warnings, IsEmpty()) << given;
  }
}

TEST_F(PoseChoiceTest, FilesMayBeNamedInAnotherCase) {
  AddPhotos("images", {"a.png", "b.png"});
  AddTransforms("Transforms.JSON", {"images/a.png", "images/b.png"});
  Choose("images");
  EXPECT_THAT(source_, HasSubstr("Transforms.JSON"));
  AddModel("Sparse/0", {"a.png", "b.png"});
  for (const char* part : {"cameras", "images", "points3D"}) {
    std::string upper = part;
    for (char& c : upper) c = char(std::toupper((unsigned char)c));
    fs::rename(folder_ / StrCat("Sparse/0/", part, ".txt"), folder_ / StrCat("Sparse/0/", upper, ".TXT"));
  }
  const PoseChoice choice = Choose("images");
  EXPECT_THAT(source_, HasSubstr("Sparse/0"));
  EXPECT_THAT(choice.scene->points.positions, SizeIs(1));
}

TEST_F(PoseChoiceTest, AModelMayMixTextAndBinaryFiles) {
  AddPhotos("images", {"a.png", "b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  fs::remove(folder_ / "sparse/0/cameras.txt");
  WriteBytes(Place("sparse/0/cameras.bin"), Bytes<uint64_t>(1) + Bytes<uint32_t>(7) + Bytes<int32_t>(0) +
                                                Bytes<uint64_t>(40) + Bytes<uint64_t>(30) + Bytes(50.0) + Bytes(20.0) +
                                                Bytes(15.0));
  const PoseChoice choice = Choose("images");
  EXPECT_THAT(source_, HasSubstr("(text and binary)"));
  ASSERT_TRUE(choice.scene.has_value());
  EXPECT_THAT(choice.scene->photos, SizeIs(2));
  EXPECT_THAT(choice.scene->points.positions, SizeIs(1));
}

TEST_F(PoseChoiceTest, MetashapesFileMayBeInUtf16) {
  AddPhotos("images", {"a.png", "b.png"});
  AddMetashape("cameras.xml", {"a", "b"});
  const std::string ascii = ReadFile(folder_ / "cameras.xml");
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (const char c : ascii) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  for (const std::string& text : {little, big}) {
    WriteBytes(Place("cameras.xml"), text);
    const PoseChoice choice = Choose("images");
    ASSERT_TRUE(choice.scene.has_value());
    EXPECT_THAT(choice.scene->photos, SizeIs(2));
  }
}

TEST_F(PoseChoiceTest, LlffsPhotosArePairedInSortedOrder) {
  AddPhotos("images_4", {"image000.png", "image001.png"}, {40, 30});
  AddModel("sparse/0", {"IMG_1.JPG", "IMG_2.JPG"}, {160, 120});
  const PoseChoice choice = Choose("images_4");
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images_4/image000.png", "images_4/image001.png"));
  EXPECT_THAT(choice.scene->warnings, ElementsAre(HasSubstr("sorted order")));
  AddPhotos("images", {"IMG_1.JPG", "IMG_2.JPG"}, {160, 120});
  EXPECT_TRUE(Choose("images_4").scene.has_value()) << "the scaled version of the photos beside it";
  EXPECT_THAT(ReadPoses(folder_ / "sparse/0", folder_ / "images_4").photos, SizeIs(2));
  AddPhotos("images_2", {"image000.png", "image001.png"}, {160, 120});
  Choose("images_2");
  EXPECT_EQ(source_, "sfm") << "of the same size as those that the model means: others";
  AddPhotos("new", {"image000.png", "image001.png"}, {40, 30});
  Choose("new");
  EXPECT_EQ(source_, "sfm") << "the photos that the model means are there, but were not asked for";
}

TEST_F(PoseChoiceTest, ProjectsOfColmapGiveTheLargestOfTheirModels) {
  AddPhotos("images", {"a.png", "b.png", "c.png", "d.png"});
  WriteBytes(folder_ / "database.db", "x");
  AddModel("sparse/0", {"a.png", "b.png"});
  AddModel("sparse/1", {"a.png", "b.png", "c.png"});
  const PoseChoice choice = Choose("images");
  EXPECT_THAT(source_, HasSubstr("sparse/1"));
  EXPECT_THAT(choice.summary, AllOf(HasSubstr("3 of 4 photos"), HasSubstr("without a pose: d.png"),
                                    HasSubstr("sparse/0 (has 2 of the photos)")));
}

TEST_F(PoseChoiceTest, AModelInTheRootOfTheDataFolderIsTaken) {
  AddPhotos("images", {"a.png", "b.png"});
  AddModel("", {"images/a.png", "images/b.png"});
  for (const char* given : {"images", "."}) {
    const PoseChoice choice = Choose(given);
    ASSERT_TRUE(choice.scene.has_value()) << given;
    EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/a.png", "images/b.png"));
  }
}

TEST_F(PoseChoiceTest, CamerasThatMetashapeExportedAreTaken) {
  AddPhotos("images", {"a.png", "b.png", "c.png"});
  AddMetashape("export.xml", {"a", "b"});
  AddPly("export.ply", 7);
  WriteBytes(folder_ / "other.xml", "<svg/>");
  for (const char* given : {"images", "."}) {
    const PoseChoice choice = Choose(given);
    ASSERT_TRUE(choice.scene.has_value()) << given;
    EXPECT_THAT(source_, AllOf(HasSubstr("Metashape cameras "), HasSubstr("export.ply"))) << given;
    EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/a.png", "images/b.png")) << given;
    EXPECT_THAT(choice.summary, AllOf(HasSubstr("export.ply for 2 of 3 photos"), HasSubstr("without a pose: c.png")))
        << given;
    EXPECT_THAT(choice.scene->warnings, IsEmpty()) << given;
    ASSERT_THAT(choice.scene->points.colors, SizeIs(1)) << given;
    EXPECT_EQ(choice.scene->points.colors[0].x, 7) << given;
  }
  AddPhotos("new_photos", {"x.png", "y.png"});
  Choose("new_photos");
  EXPECT_EQ(source_, "sfm") << "poses of other photos";
}

TEST_F(PoseChoiceTest, CamerasThatRealityCaptureExportedAreTaken) {
  AddPhotos("photos", {"a.png", "b.png"});
  AddRealityCapture("photos/cameras.csv", {"a.png", "b.png", "c.png"});
  AddPly("photos/model points.ply", 8);
  WriteBytes(folder_ / "photos/flight.csv", "name,latitude,longitude\na,1,2\n");
  const PoseChoice choice = Choose("photos");
  ASSERT_TRUE(choice.scene.has_value());
  EXPECT_THAT(source_, AllOf(HasSubstr("RealityCapture cameras "), HasSubstr("model points.ply")));
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("photos/a.png", "photos/b.png"));
  EXPECT_THAT(choice.scene->warnings, ElementsAre(AllOf(HasSubstr("1 of 3 photos"), HasSubstr("c.png"))));
  AddPhotos("new_photos", {"x.png", "y.png"});
  fs::rename(folder_ / "photos/cameras.csv", folder_ / "cameras.csv");
  Choose("new_photos");
  EXPECT_EQ(source_, "sfm") << "poses of other photos";
}

TEST_F(PoseChoiceTest, ModelsAndTransformsGoBeforeExportedCamerasOfTheSamePhotos) {
  AddPhotos("images", {"a.png", "b.png"});
  AddMetashape("cameras.xml", {"a", "b"});
  AddRealityCapture("cameras.csv", {"a.png", "b.png"});
  EXPECT_THAT(Choose("images").summary,
              AllOf(StartsWith("RealityCapture"),
                    HasSubstr("cameras.xml (fits these photos as well; --poses takes it instead)")));
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  EXPECT_THAT(Choose("images").summary, StartsWith("transforms file"));
  AddModel("sparse/0", {"a.png", "b.png"});
  EXPECT_THAT(Choose("images").summary, StartsWith("COLMAP model"));
  EXPECT_THAT(ReadPoses(folder_ / "cameras.xml", folder_ / "images").source, StartsWith("Metashape"));
  EXPECT_THAT(ReadPoses(folder_ / "cameras.csv", folder_ / "images").source, StartsWith("RealityCapture"));
}

TEST_F(PoseChoiceTest, ThePointsOfExportedCamerasAreChosenByTheNameOfTheirFile) {
  AddPhotos("images", {"a.png", "b.png"});
  AddMetashape("cameras.xml", {"a", "b"});
  const auto points = [&] { return Choose("images").scene->points.colors; };
  const auto warnings = [&] { return Choose("images").scene->warnings; };
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("no PLY lies beside"), HasSubstr("random points"))));
  WriteBytes(folder_ / "cloud.laz", "x");
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("cloud.laz cannot be read: export PLY"))));
  AddPly("one.ply", 1);
  EXPECT_EQ(points().at(0).x, 1) << "the only one";
  AddPly("two.ply", 2);
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("one.ply"), HasSubstr("two.ply"), HasSubstr("points.ply"))));
  AddPly("points.ply", 3);
  EXPECT_EQ(points().at(0).x, 3) << "a usual name";
  AddPly("cameras.ply", 4);
  EXPECT_EQ(points().at(0).x, 4) << "the name of the cameras";
  WriteBytes(folder_ / "cameras.ply",
             "ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nproperty float y\nproperty float z\nproperty "
             "uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n");
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("cameras.ply holds none")));
  WriteBytes(folder_ / "cameras.ply", "ply\nformat binary_little_endian 1.0\nelement vertex 9\nend_header\n");
  EXPECT_THAT(warnings(),
              ElementsAre(AllOf(HasSubstr("cameras.ply: has no properties x, y, z"), HasSubstr("random points"))));
  Choose("images");
  EXPECT_THAT(source_, Not(HasSubstr("with the points"))) << "there are none";
}

TEST_F(PoseChoiceTest, ExportedCamerasThatCannotBeReadAreNamed) {
  AddPhotos("images", {"a.png", "b.png"});
  AddRealityCapture("cameras.csv", {"a.png", "b.png"});
  WriteBytes(folder_ / "cameras.xml", "<document><chunk><cameras>");
  EXPECT_THAT(Choose("images").summary, AllOf(StartsWith("RealityCapture"), HasSubstr("cameras.xml: not valid XML")));
  fs::remove(folder_ / "cameras.csv");
  EXPECT_THAT(ErrorMessageOf([&] { Choose("images"); }), HasSubstr("cameras.xml: not valid XML"));
}

TEST_F(PoseChoiceTest, ExportsWithPathsOfAnotherMachineAreTaken) {
  AddPhotos("images", {"a b.png", "c.png"});
  AddTransforms("transforms.json", {"C:\\export\\images\\a b.png", "C:\\export\\images\\c.png"});
  EXPECT_THAT(FilesOf(*Choose("images").scene), ElementsAre("images/a b.png", "images/c.png"));
  fs::remove(folder_ / "transforms.json");
  AddModel("", {"/elsewhere/photos/a b.JPG", "/elsewhere/photos/c.JPG"});
  const PoseChoice choice = Choose("images");
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/a b.png", "images/c.png"));
  EXPECT_THAT(choice.scene->warnings, ElementsAre(AllOf(HasSubstr("2 of 2"), HasSubstr("but for the extension"))));
}

TEST_F(PoseChoiceTest, PercentEncodedNamesAreTakenWithAPhotoMissing) {
  AddPhotos("images", {"my photo 1.png", "my photo 2.png"});
  const Names names = {"my%20photo%201.png", "my%20photo%202.png", "my%20photo%203.png"};
  const auto expect_two = [&](const std::string& what) {
    const PoseChoice choice = Choose("images");
    ASSERT_TRUE(choice.scene.has_value()) << what;
    EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/my photo 1.png", "images/my photo 2.png")) << what;
    EXPECT_THAT(choice.scene->warnings, Contains(HasSubstr("have its names but for \"%20\" and the like"))) << what;
    EXPECT_THAT(choice.scene->warnings, Contains(HasSubstr("missing and were left out: "))) << what;
  };
  AddModel("sparse/0", names);
  expect_two("COLMAP");
  fs::remove_all(folder_ / "sparse");
  AddRealityCapture("cameras.csv", names);
  expect_two("RealityCapture");
  fs::remove(folder_ / "cameras.csv");
  json file = {{"fl_x", 50}, {"frames", json::array()}};  // the size is that of the photos
  const json identity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
  for (const std::string& name : names) {
    file["frames"].push_back({{"file_path", "images/" + name}, {"transform_matrix", identity}});
  }
  file["frames"][0]["mask_path"] = "some%20masks/1.png";
  AddPhotos("some masks", {"1.png"});
  WriteBytes(folder_ / "transforms.json", file.dump());
  expect_two("transforms.json");
  EXPECT_EQ(Choose("images").scene->photos[0].mask.path, folder_ / "some masks/1.png");
}

}  // namespace
}  // namespace splat::data
