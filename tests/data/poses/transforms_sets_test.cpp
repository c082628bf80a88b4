// Sets of photos that a transforms.json describes: their splits, points, sizes; and sets of other programs.
#include "core/camera.h"
#include "data/poses/transforms_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "data/poses/colmap_reader.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/test_data.h"
#include "tests/support/transforms_files.h"

namespace splat::data {
namespace {

using nlohmann::json;
using splat::testing::ErrorMessageOf;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TransformsSets : public TransformsTest {};

TEST_F(TransformsSets, KeepsTheSplitOfTheListsOfNames) {
  json file = MakeFile();
  for (const char* name : {"b.png", "c.png", "d.png", "e.png"}) file["frames"].push_back(MakeFrame(name));
  file["train_filenames"] = {"a.png", "./b.png", "e.png"};
  file["val_filenames"] = {"c.png", "e.png"};
  file["test_filenames"] = {"c.png", "none.png"};
  const SceneDescription scene = ReadOf(file);
  ASSERT_THAT(scene.photos, SizeIs(4));
  EXPECT_EQ(scene.photos[1].split, Split::kTrain);
  EXPECT_EQ(scene.photos[2].split, Split::kTest);
  EXPECT_EQ(scene.photos[3].split, Split::kTrain) << "what is trained on is not held out";
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("none.png"), AllOf(HasSubstr("e.png"), HasSubstr("both")),
                                          AllOf(HasSubstr("d.png"), HasSubstr("left out"))));
  file.erase("train_filenames");
  EXPECT_THAT(ReadOf(file).photos, SizeIs(5));
  EXPECT_EQ(ReadOf(file).photos[3].split, Split::kTrain);
  EXPECT_EQ(ReadOf(file).photos[4].split, Split::kTest);
  file["test_filenames"] = 7;
  EXPECT_THAT(ErrorOf(file), HasSubstr("'test_filenames' is no list"));
}

TEST_F(TransformsSets, UnknownKeysOfBothFilesOfASplitAreNamedInOneWarning) {
  WritePhoto("train/r_1.png", 40, 20);
  WritePhoto("test/r_1.png", 40, 20);
  const auto file = [](const std::string& photo, const char* key) {
    return json{{"camera_angle_x", 1.0}, {"w", 40}, {"h", 20}, {key, 1}, {"frames", {MakeFrame(photo)}}};
  };
  WriteBytes(folder_ / "transforms_test.json", file("test/r_1", "from_na").dump());
  WriteBytes(folder_ / "transforms_train.json", file("train/r_1", "shift_x").dump());
  EXPECT_THAT(ReadTransforms(folder_ / "transforms_train.json").warnings,
              ElementsAre(HasSubstr("not used: 'from_na', 'shift_x'")));
}

TEST_F(TransformsSets, TakesThePointsOfTheUsualFile) {
  WriteBytes(folder_ / "sparse_pc.ply",
             "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
             "end_header\n1 2 3\n");
  EXPECT_THAT(ReadOf(MakeFile()).points.positions, SizeIs(1));
  json file = MakeFile();
  file["ply_file_path"] = "/another/machine/sparse_pc.ply";
  EXPECT_THAT(ReadOf(file).points.positions, SizeIs(1));
}

TEST_F(TransformsSets, TakesSizesFromPhotosThatLieElsewhere) {
  WritePhoto("images_4/a.png", 40, 20);
  const json file = {{"camera_angle_x", 1.0}, {"frames", {MakeFrame("/elsewhere/images/a.jpg")}}};
  WriteBytes(path_, file.dump());
  const SceneDescription scene = ReadTransforms(path_, folder_ / "images_4");
  EXPECT_EQ(scene.photos[0].intrinsics.width, 40);
  EXPECT_NEAR(scene.photos[0].intrinsics.params[0], 20 / std::tan(0.5), 1e-9);
}

// BuildDataset says what is wrong with it, and leaves out it alone.
TEST_F(TransformsSets, APhotoThatCannotBeReadHasTheSizeOfTheOthers) {
  WriteBytes(folder_ / "a.png", "no image");
  WritePhoto("b.png", 40, 20);
  json file = MakeFile();
  file.erase("w");
  file.erase("h");
  file["frames"].push_back(MakeFrame("b.png"));
  const SceneDescription scene = ReadOf(file);
  ASSERT_THAT(scene.photos, SizeIs(2));
  for (const PosedPhoto& photo : scene.photos) EXPECT_EQ(photo.intrinsics.width, 40) << photo.name;
}

TEST_F(TransformsSets, BlenderFilesTakeSizeAndExtensionFromThePhotos) {
  WritePhoto("train/r_1.png", 40, 20);
  const json file = {{"camera_angle_x", 1.0}, {"frames", {MakeFrame("./train/r_0"), MakeFrame("./train/r_1")}}};
  const SceneDescription scene = ReadOf(file);
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[0].path, folder_ / "train/r_0");  // is not there
  EXPECT_EQ(scene.photos[1].name, "train/r_1");
  EXPECT_EQ(scene.photos[1].path, folder_ / "train/r_1.png");
  const double focal = 20 / std::tan(0.5);
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(focal, focal, 20, 10));
  EXPECT_EQ(scene.photos[0].intrinsics.height, 20);
}

TEST_F(TransformsSets, KeepsTheSplitOfTrainAndTestFiles) {
  json test = MakeFile(MakeFrame("test/r_0"));
  const std::string train_path = folder_ / "transforms_train.json";
  WriteBytes(train_path, MakeFile(MakeFrame("train/r_0")).dump());
  EXPECT_FALSE(ReadTransforms(train_path).photos[0].split.has_value());
  WriteBytes(folder_ / "transforms_test.json", test.dump());
  const SceneDescription scene = ReadTransforms(train_path);
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[0].name, "test/r_0");
  EXPECT_EQ(scene.photos[0].split, Split::kTest);
  EXPECT_EQ(scene.photos[1].split, Split::kTrain);
  EXPECT_THAT(scene.source, HasSubstr("1 training and 1 test frames"));
}

TEST_F(TransformsSets, PhotosToTrainOnAreNotHeldOut) {
  const std::string train_path = folder_ / "transforms_train.json";
  const auto both = MakeFile(MakeFrame("train/r_0"));
  WriteBytes(train_path, both.dump());
  WriteBytes(folder_ / "transforms_test.json", both.dump());
  SceneDescription scene = ReadTransforms(train_path);
  ASSERT_THAT(scene.photos, SizeIs(1));
  EXPECT_FALSE(scene.photos[0].split.has_value()) << "--test-every holds";
  EXPECT_THAT(scene.warnings, ElementsAre(::testing::AllOf(
                                  HasSubstr("transforms_test.json: all 1 photos that it holds out (as train/r_0) are "
                                            "also in transforms_train.json"),
                                  HasSubstr("--test-every N"))));
  WriteBytes(folder_ / "transforms_test.json", MakeFile(MakeFrame("train/r_0.png")).dump());
  EXPECT_THAT(ReadTransforms(train_path).photos, SizeIs(1)) << "with the extension it is the same photo";
  json some = both;
  some["frames"].push_back(MakeFrame("test/r_0"));
  WriteBytes(folder_ / "transforms_test.json", some.dump());
  scene = ReadTransforms(train_path);
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[0].split, Split::kTest);
  EXPECT_EQ(scene.photos[1].split, Split::kTrain);
  EXPECT_THAT(scene.source, HasSubstr("1 training and 1 test frames"));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("1 of 2 photos that it holds out")));
}

TEST_F(TransformsSets, ADamagedFileOfHeldOutPhotosCostsTheseAlone) {
  const std::string train_path = folder_ / "transforms_train.json";
  WriteBytes(train_path, MakeFile(MakeFrame("train/r_0")).dump());
  for (const char* damaged : {"{}", "{\"frames\": [", "", "[1]", "{\"frames\": [{\"file_path\": 5}]}"}) {
    WriteBytes(folder_ / "transforms_test.json", damaged);
    const SceneDescription scene = ReadTransforms(train_path);
    ASSERT_THAT(scene.photos, SizeIs(1)) << damaged;
    EXPECT_EQ(scene.photos[0].name, "train/r_0");
    EXPECT_FALSE(scene.photos[0].split.has_value()) << "--test-every holds";
    EXPECT_THAT(scene.warnings, ::testing::Contains(::testing::AllOf(HasSubstr("transforms_test.json"),
                                                                     HasSubstr("that it holds out are left"))));
  }
}

TEST_F(TransformsSets, WhereTheFileOfTestPhotosIsDamagedThatOfValidationIsTaken) {
  WriteBytes(folder_ / "transforms_train.json", MakeFile(MakeFrame("train/r_0")).dump());
  WriteBytes(folder_ / "transforms_test.json", "{");
  WriteBytes(folder_ / "transforms_val.json", MakeFile(MakeFrame("val/r_0")).dump());
  const SceneDescription scene = ReadTransforms(folder_ / "transforms_train.json");
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[1].split, Split::kTest);
  EXPECT_THAT(scene.source, HasSubstr("transforms_val.json (1 training and 1 test frames)"));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("transforms_test.json")));
}

TEST_F(TransformsSets, ReadsThePointsOfAPly) {
  json file = MakeFile();
  file["ply_file_path"] = "points.ply";
  EXPECT_THAT(ReadOf(file).warnings, ElementsAre(HasSubstr("points.ply does not exist")));
  WriteBytes(
      folder_ / "points.ply",
      "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\n"
      "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n1 2 3 4 5 255\n0 nan 0 0 0 0\n");
  const SceneDescription scene = ReadOf(file);
  ASSERT_THAT(scene.points.positions, SizeIs(1));
  ExpectNear(scene.points.positions[0], {1, 2, 3}, 0);
  EXPECT_EQ(scene.points.colors.at(0).z, 255);
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("1 of 2 points")));
}

TEST_F(TransformsSets, APlyThatIsCutOffIsAWarning) {
  json file = MakeFile();
  file["ply_file_path"] = "points.ply";
  WriteBytes(folder_ / "points.ply",
             "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
             "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n1 2 3 4 5 255\n0 1");
  const SceneDescription scene = ReadOf(file);
  EXPECT_THAT(scene.photos, SizeIs(1));
  EXPECT_THAT(scene.points.positions, SizeIs(1));
  EXPECT_THAT(scene.warnings,
              ElementsAre(AllOf(HasSubstr("points.ply"), HasSubstr("the 1 points of it that are whole are taken"))));
  WriteBytes(folder_ / "points.ply",
             "ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nproperty float y\nproperty float z\n"
             "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n");
  EXPECT_THAT(ReadOf(file).warnings, ElementsAre(HasSubstr("points.ply: holds no points")));
  WriteBytes(folder_ / "points.ply", "ply\nformat ascii 1.0\nelement vertex 3\n");
  EXPECT_THAT(ReadOf(file).photos, SizeIs(1));
  EXPECT_THAT(ReadOf(file).points.positions, IsEmpty());
  EXPECT_THAT(ReadOf(file).warnings, ElementsAre(AllOf(HasSubstr("points.ply"), HasSubstr("its points are not used"))));
}

TEST_F(TransformsSets, KeepsTheDigitsOfPointsInCoordinatesOfAMap) {
  json file = MakeFile();
  file["ply_file_path"] = "points.ply";
  const std::string header =
      " 1.0\nelement vertex 1\nproperty double x\nproperty double y\nproperty double z\nend_header\n";
  const Vec3<double> expected = {512345.6784321, 5412345.6781234, 321.0005};
  WriteBytes(folder_ / "points.ply", "ply\nformat ascii" + header + "512345.6784321 5412345.6781234 321.0005\n");
  ExpectNear(ReadOf(file).points.positions.at(0), expected, 0);
  std::string bytes(sizeof expected, '\0');
  std::memcpy(bytes.data(), &expected, sizeof expected);
  WriteBytes(folder_ / "points.ply", "ply\nformat binary_little_endian" + header + bytes);
  ExpectNear(ReadOf(file).points.positions.at(0), expected, 0);
}

TEST(TransformsOfTestData, LegoKeepsItsSplitAndCamera) {
  SPLAT_TEST_DATA_OR_SKIP(path, "lego/transforms_train.json");
  const SceneDescription scene = ReadTransforms(path);
  ASSERT_THAT(scene.photos, SizeIs(125));
  size_t train = 0;
  constexpr double kOrbit = 4.0311289;     // radius of NeRF-synthetic's camera sphere
  constexpr double kPrintedDigits = 1e-4;  // the matrices hold floats
  for (const PosedPhoto& photo : scene.photos) {
    train += photo.split == Split::kTrain;
    EXPECT_TRUE(std::filesystem::exists(photo.path)) << photo.path;
    EXPECT_NEAR(Norm(CameraCenterInWorld(photo.camera_from_world)), kOrbit, kPrintedDigits);
    // Every camera looks at the origin.
    ExpectNear(photo.camera_from_world * Vec3<double>{0, 0, 0}, {0, 0, kOrbit}, kPrintedDigits);
  }
  EXPECT_EQ(train, 100u);
  EXPECT_NEAR(scene.photos[0].intrinsics.params[0], 1111.111, 1e-3);
}

TEST(TransformsOfTestData, ReadsCamerasPerFrame) {
  SPLAT_TEST_DATA_OR_SKIP(path, "splats/brush_test/test_dataset/transforms.json");
  const SceneDescription scene = ReadTransforms(path);
  ASSERT_THAT(scene.photos, SizeIs(1));
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(50, 50, 25, 25));
  EXPECT_TRUE(std::filesystem::exists(scene.photos[0].path));
  EXPECT_THAT(scene.warnings, IsEmpty());
}

// Two reconstructions of the same photos must agree up to a similarity: distances between cameras are proportional and
// relative rotations equal.
TEST(TransformsOfTestData, FoxAgreesWithItsColmapModel) {
  SPLAT_TEST_DATA_OR_SKIP(fox, "fox");
  const SceneDescription transforms = ReadTransforms(fox + "/transforms.json");
  const SceneDescription model = ReadColmapModel(fox + "/sparse/0", fox + "/images");
  std::map<std::string, const PosedPhoto*> by_name;
  for (const PosedPhoto& photo : model.photos) by_name[photo.name] = &photo;
  std::vector<std::pair<const PosedPhoto*, const PosedPhoto*>> pairs;
  for (const PosedPhoto& photo : transforms.photos) {  // of 67 photos, 50 are there and in the model
    const auto found = by_name.find(std::filesystem::path(photo.name).filename().string());
    EXPECT_EQ(found != by_name.end(), std::filesystem::exists(photo.path)) << photo.path;
    if (found != by_name.end()) pairs.emplace_back(&photo, found->second);
  }
  ASSERT_THAT(pairs, SizeIs(50));
  constexpr double kFocalRatio = 0.02;
  EXPECT_NEAR(pairs[0].first->intrinsics.params[0] / pairs[0].second->intrinsics.params[0], 1, kFocalRatio);
  constexpr double kSameRotation = 0.05;  // rad; two runs of structure from motion differ by a fraction of this
  double aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const double a = Norm(CameraCenterInWorld(pairs[i].first->camera_from_world) -
                            CameraCenterInWorld(pairs[j].first->camera_from_world));
      const double b = Norm(CameraCenterInWorld(pairs[i].second->camera_from_world) -
                            CameraCenterInWorld(pairs[j].second->camera_from_world));
      aa += a * a;
      bb += b * b;
      ab += a * b;
      const auto relative = [](const PosedPhoto* to, const PosedPhoto* from) {
        return to->camera_from_world.rotation * Transpose(from->camera_from_world.rotation);
      };
      const Mat3<double> difference =
          relative(pairs[i].first, pairs[j].first) * Transpose(relative(pairs[i].second, pairs[j].second));
      const double cosine = 0.5 * (difference(0, 0) + difference(1, 1) + difference(2, 2) - 1);
      EXPECT_LT(std::acos(std::min(1.0, cosine)), kSameRotation) << pairs[i].first->name << " " << pairs[j].first->name;
    }
  }
  constexpr double kCorrelation = 0.999;
  EXPECT_GT(ab / std::sqrt(aa * bb), kCorrelation);
}

}  // namespace
}  // namespace splat::data
