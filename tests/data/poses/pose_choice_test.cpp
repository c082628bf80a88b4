// The rows of the table in docs/inputs.md: what is taken, and what is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/poses/pose_source.h"
#include "io/atomic_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using splat::testing::Bytes;
using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
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

using Names = std::vector<std::string>;

struct Size {
  int width = 40, height = 30;
};

class PoseChoiceTest : public ::testing::Test {
 protected:
  std::string Place(const std::string& name) const {
    fs::create_directories(fs::path(folder_ / name).parent_path());
    return folder_ / name;
  }
  void AddPhotos(const std::string& folder, const Names& names, Size size = {}) const {
    for (const std::string& name : names) WriteImage(Place(folder + "/" + name), Image8(size.width, size.height, 3));
  }
  void AddModel(const std::string& model, const Names& names, Size size = {}) const {
    WriteBytes(Place(model + "/cameras.txt"), StrCat("7 SIMPLE_PINHOLE ", size.width, " ", size.height, " 50 20 15\n"));
    WriteBytes(Place(model + "/points3D.txt"), "1 0 0 5 1 2 3 0.5\n");
    std::string images;
    for (size_t i = 0; i < names.size(); ++i) images += StrCat(i + 1, " 2 0 0 0 ", i, " 0 0 7 ", names[i], "\n\n");
    WriteBytes(Place(model + "/images.txt"), images);
  }
  void AddTransforms(const std::string& path, const Names& names, Size size = {}, const json& extra = {}) const {
    json file = {{"fl_x", 50}, {"w", size.width}, {"h", size.height}, {"frames", json::array()}};
    if (!extra.is_null()) file.update(extra);
    const json identity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
    for (const std::string& name : names)
      file["frames"].push_back({{"file_path", name}, {"transform_matrix", identity}});
    WriteBytes(Place(path), file.dump());
  }
  // Cameras that look along z from (0, 0, 0), (1, 0, 0), ..., as Metashape and RealityCapture export them.
  void AddMetashape(const std::string& path, const Names& labels, Size size = {}) const {
    std::string cameras;
    for (size_t i = 0; i < labels.size(); ++i) {
      cameras += StrCat("<camera id=\"", i, "\" sensor_id=\"0\" label=\"", labels[i], "\"><transform>1 0 0 ", i,
                        " 0 1 0 0 0 0 1 0 0 0 0 1</transform></camera>");
    }
    WriteBytes(
        Place(path),
        StrCat("<?xml version=\"1.0\"?>\n<document><chunk><sensors><sensor id=\"0\"><resolution width=\"", size.width,
               "\" height=\"", size.height, "\"/><calibration><f>50</f></calibration></sensor></sensors><cameras>",
               cameras, "</cameras></chunk></document>"));
  }
  void AddRealityCapture(const std::string& path, const Names& names) const {
    std::string rows = "#name,x,y,alt,heading,pitch,roll,f\n";
    for (size_t i = 0; i < names.size(); ++i) rows += StrCat(names[i], ",", i, ",0,0,0,180,0,36\n");
    WriteBytes(Place(path), rows);
  }
  void AddBundler(const std::string& path, const Names& names) const {
    std::string cameras, list;
    for (size_t i = 0; i < names.size(); ++i) {
      cameras += StrCat("50 0 0\n1 0 0\n0 1 0\n0 0 1\n", i, " 0 0\n");
      list += names[i] + "\n";
    }
    WriteBytes(Place(path),
               StrCat("# Bundle file v0.3\n", names.size(), " 1\n", cameras, "0 0 -5\n1 2 3\n1 0 0 0 0\n"));
    WriteBytes(Place("list.txt"), list);
  }
  // A point cloud with the red colour `red` at (0, 0, z).
  void AddPly(const std::string& path, int red, double z = 5) const {
    WriteBytes(Place(path), StrCat("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
                                   "property float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n"
                                   "end_header\n0 0 ",
                                   z, " ", red, " 2 3\n"));
  }
  // Chooses for a folder; `source` becomes the path that was taken, relative to the capture, or "sfm".
  PoseChoice Choose(const std::string& images) {
    PoseChoice choice = ChoosePoses(OpenPhotoFolder(folder_ / images));
    source_ = choice.scene ? choice.scene->source : "sfm";
    EXPECT_THAT(choice.summary, Not(HasSubstr("\n")));
    return choice;
  }
  Names FilesOf(const SceneDescription& scene) const {
    Names files;
    for (const PosedPhoto& photo : scene.photos) {
      files.push_back(fs::path(photo.path).lexically_normal().lexically_relative(folder_.path()).string());
    }
    return files;
  }

  TempDir folder_;
  std::string source_;
};

// Each layout gives the poses of its photos, named in the line, and never those of others.
TEST_F(PoseChoiceTest, EveryLayoutServesItsPhotosAndNoOthers) {
  const Names names = {"a.png", "b.png"}, in_images = {"images/a.png", "images/b.png"};
  AddPhotos("images", names);
  AddPhotos("new_photos", {"x.png", "y.png"});
  std::map<std::string, std::function<void()>> layouts;
  for (const std::string model : {"sparse/0", "sparse/12", "sparse", "distorted/sparse/0", "dense/sparse",
                                  "dense/0/sparse", "undistorted/sparse", "colmap/sparse/0", "colmap"}) {
    layouts[model] = [&, model] { AddModel(model, names); };
  }
  layouts["images.txt"] = [&] { AddModel("", names); };
  layouts["transforms.json"] = [&] { AddTransforms("transforms.json", in_images); };
  layouts["transforms_train.json"] = [&] { AddTransforms("transforms_train.json", in_images); };
  layouts["cameras of it.xml"] = [&] { AddMetashape("cameras of it.xml", {"a", "b"}); };
  layouts["Cameras.CSV"] = [&] { AddRealityCapture("Cameras.CSV", names); };
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
    EXPECT_THAT(other.summary, HasSubstr("describes other photos")) << path;
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

TEST_F(PoseChoiceTest, PosesOfFewOfThePhotosGoLast) {
  AddPhotos("images", {"a.png", "b.png", "c.png", "d.png", "e.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  AddTransforms("transforms.json", {"images/a.png", "images/b.png", "images/c.png", "images/d.png", "images/e.png"});
  EXPECT_THAT(Choose("images").summary,
              AllOf(StartsWith("transforms file"), HasSubstr("sparse/0 (has 2 of the photos)")));
}

TEST_F(PoseChoiceTest, MasksThatPosesNameAreSaidOnce) {
  AddPhotos("images", {"a.png", "b.png"});
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  json file = json::parse(ReadFile(folder_ / "transforms.json"));
  for (json& frame : file["frames"]) frame["mask_path"] = "masks/a.png";
  WriteBytes(folder_ / "transforms.json", file.dump());
  EXPECT_THAT(Choose("images").scene->warnings, ElementsAre("masks are not used yet: the poses name 2 masks"));
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

TEST_F(PoseChoiceTest, SizesThatDifferByNoCommonFactorAreAWarning) {
  AddPhotos("input", {"a.png", "b.png"}, {40, 30});
  AddModel("sparse/0", {"a.png", "b.png"}, {38, 29});
  EXPECT_THAT(Choose("input").scene->warnings,
              ElementsAre(AllOf(HasSubstr("no common factor"), HasSubstr("a.png is 40x30 px, its camera 38x29 px"))));
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

TEST_F(PoseChoiceTest, RenamedPhotosArePairedByWhatTheirNamesShare) {
  AddPhotos("images", {"cover.png", "x_1.png", "x_10.png", "x_2.png"});
  AddModel("sparse/0", {"0001.png", "0002.png", "0003.png", "0010.png"});
  const PoseChoice choice = Choose("images");
  ASSERT_TRUE(choice.scene.has_value());
  EXPECT_THAT(FilesOf(*choice.scene), ElementsAre("images/x_1.png", "images/x_2.png", "images/x_10.png"));
  EXPECT_THAT(choice.summary, AllOf(HasSubstr("by what the names share"), HasSubstr("without a pose: cover.png")));
  EXPECT_THAT(choice.scene->warnings, Contains(HasSubstr("0003.png")));
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

TEST_F(PoseChoiceTest, PosesThatCannotBeReadAreNamed) {
  AddPhotos("images", {"a.png", "b.png"});
  WriteBytes(Place("poses_bounds.npy"), "x");
  EXPECT_THAT(Choose("images").summary, AllOf(HasSubstr("poses_bounds.npy is not read"), HasSubstr("sparse/0")));
  EXPECT_THAT(ErrorMessageOf([&] { ReadPoses(folder_ / "poses_bounds.npy", folder_ / "images"); }),
              HasSubstr("poses_bounds.npy is not read"));
  AddModel("sparse/0", {"a.png", "b.png"});
  EXPECT_THAT(ReadPoses(folder_ / "sparse/0/images.txt", folder_ / "images").source, HasSubstr("COLMAP model"));
  fs::remove(folder_ / "sparse/0/cameras.txt");
  EXPECT_THAT(Choose("images").summary, HasSubstr("sparse/0: is no complete COLMAP model: cameras.txt is missing"));
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
              AllOf(StartsWith("RealityCapture"), HasSubstr("cameras.xml (as good, but second)")));
  AddTransforms("transforms.json", {"images/a.png", "images/b.png"});
  EXPECT_THAT(Choose("images").summary, StartsWith("transforms file"));
  AddModel("sparse/0", {"a.png", "b.png"});
  EXPECT_THAT(Choose("images").summary, StartsWith("COLMAP model"));
  EXPECT_THAT(ReadPoses(folder_ / "cameras.xml", folder_ / "images").source, StartsWith("Metashape"));
  EXPECT_THAT(ReadPoses(folder_ / "cameras.csv", folder_ / "images").source, StartsWith("RealityCapture"));
}

TEST_F(PoseChoiceTest, ThePointsOfExportedCamerasAreThoseThatTheyLookAt) {
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
  AddPly("cameras.ply", 5, -5);
  EXPECT_THAT(points(), IsEmpty());
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("no camera looks at")));
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

TEST_F(PoseChoiceTest, MasksAreNeverPhotosAndAreNamedInOneLine) {
  AddPhotos("images", {"a.png", "b.png", "masks/a.png", "masks/b.png"});
  AddModel("sparse/0", {"a.png", "b.png"});
  EXPECT_THAT(FilesOf(*Choose("images").scene), ElementsAre("images/a.png", "images/b.png"));
  EXPECT_THAT(Choose("images").scene->warnings, ElementsAre(StartsWith("masks are not used yet")));
  fs::rename(folder_ / "images/masks", folder_ / "masks");
  EXPECT_THAT(Choose("images").scene->warnings,
              ElementsAre(AllOf(StartsWith("masks are not used yet"), HasSubstr(folder_ / "masks"))));
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
