#include "data/poses/transforms_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "core/camera.h"
#include "core/constants.h"
#include "data/photos/image_io.h"
#include "data/poses/colmap_reader.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

using nlohmann::json;
using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr double kRounding = 1e-12;  // of a few operations in double on numbers near one

const json kIdentity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};

json MakeFrame(const std::string& file_path, const json& matrix = kIdentity) {
  return {{"file_path", file_path}, {"transform_matrix", matrix}};
}

json MakeFile(const json& frame = MakeFrame("a.png")) {
  return {{"fl_x", 100}, {"fl_y", 110}, {"cx", 33}, {"cy", 22}, {"w", 64}, {"h", 48}, {"frames", {frame}}};
}

Vec3<double> CenterOf(const PosedPhoto& photo) {
  Camera camera;
  camera.camera_from_world = photo.camera_from_world;
  return CameraCenterInWorld(camera);
}

void ExpectNear(const Vec3<double>& actual, const Vec3<double>& expected, double tolerance) {
  EXPECT_NEAR(actual.x, expected.x, tolerance);
  EXPECT_NEAR(actual.y, expected.y, tolerance);
  EXPECT_NEAR(actual.z, expected.z, tolerance);
}

class Transforms : public ::testing::Test {
 protected:
  SceneDescription ReadOf(const json& content) const {
    WriteBytes(path_, content.dump(2));
    return ReadTransforms(path_);
  }
  // The message that reading `content` ends with: one line that names the file.
  std::string ErrorOf(const std::string& content) const {
    WriteBytes(path_, content);
    const std::string message = ErrorMessageOf([&] { ReadTransforms(path_); });
    EXPECT_THAT(message, AllOf(HasSubstr(path_), Not(HasSubstr("\n"))));
    return message;
  }
  std::string ErrorOf(const json& content) const { return ErrorOf(content.dump(2)); }
  void WritePhoto(const std::string& name, int width, int height) const {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    WriteImage(folder_ / name, Image8(width, height, 3));
  }

  TempDir folder_;
  const std::string path_ = folder_ / "transforms.json";
};

TEST_F(Transforms, ReadsAPinholeCamera) {
  const SceneDescription scene = ReadOf(MakeFile());
  ASSERT_THAT(scene.photos, SizeIs(1));
  const PosedPhoto& photo = scene.photos[0];
  EXPECT_EQ(photo.name, "a.png");
  EXPECT_EQ(photo.path, folder_ / "a.png");
  EXPECT_EQ(photo.intrinsics.model, CameraModel::kPinhole);
  EXPECT_EQ(photo.intrinsics.width, 64);
  EXPECT_EQ(photo.intrinsics.height, 48);
  EXPECT_THAT(photo.intrinsics.params, ElementsAre(100, 110, 33, 22));
  EXPECT_FALSE(photo.split.has_value());
  EXPECT_THAT(scene.source, AllOf(HasSubstr(path_), HasSubstr("1 frames")));
}

TEST_F(Transforms, TurnsOpenGlAxesToOurs) {
  // A camera at (1, 2, 3) that looks along the world's -x with the world's z up: x right is the world's y.
  const json matrix = {{0, 0, 1, 1}, {1, 0, 0, 2}, {0, 1, 0, 3}, {0, 0, 0, 1}};
  const PosedPhoto photo = ReadOf(MakeFile(MakeFrame("a.png", matrix))).photos[0];
  ExpectNear(CenterOf(photo), {1, 2, 3}, kRounding);
  ExpectNear(photo.camera_from_world * Vec3<double>{-4, 2, 3}, {0, 0, 5}, kRounding);  // straight ahead: +z
  ExpectNear(photo.camera_from_world * Vec3<double>{1, 2, 4}, {0, -1, 0}, kRounding);  // above: -y
  ExpectNear(photo.camera_from_world * Vec3<double>{1, 3, 3}, {1, 0, 0}, kRounding);   // to the right: +x
}

TEST_F(Transforms, AcceptsThreeRowsAndOrthonormalisesWhatIsSlightlyOff) {
  const json matrix = {{1.002, 0.001, 0, 5}, {-0.002, 0.999, 0, 6}, {0, 0.001, 1.001, 7}};
  const PosedPhoto photo = ReadOf(MakeFile(MakeFrame("a.png", matrix))).photos[0];
  const Mat3<double>& r = photo.camera_from_world.rotation;
  const Mat3<double> gram = r * Transpose(r);
  for (int i = 0; i < 3; ++i)
    ExpectNear(Row(gram, i), {i == 0 ? 1. : 0., i == 1 ? 1. : 0., i == 2 ? 1. : 0.}, kRounding);
  EXPECT_NEAR(Determinant(r), 1, kRounding);
  ExpectNear(CenterOf(photo), {5, 6, 7}, 1e-11);
  EXPECT_NEAR(r(0, 0), 1, 1e-5);  // the nearest rotation, not just any
}

TEST_F(Transforms, TakesAUniformScaleOffTheRotationsAndSaysSoOnce) {
  json file = MakeFile(MakeFrame("a.png", {{0, -1.5, 0, 5}, {1.5, 0, 0, 6}, {0, 0, 1.5, 7}, {0, 0, 0, 1}}));
  file["frames"].push_back(MakeFrame("b.png", {{0.001, 0, 0, 0}, {0, 0.001, 0, 0}, {0, 0, 0.001, 0}}));
  file["frames"].push_back(MakeFrame("c.png"));
  const SceneDescription scene = ReadOf(file);
  ExpectNear(CenterOf(scene.photos[0]), {5, 6, 7}, 1e-11);
  EXPECT_NEAR(scene.photos[0].camera_from_world.rotation(0, 1), 1, kRounding);
  EXPECT_NEAR(Determinant(scene.photos[1].camera_from_world.rotation), 1, kRounding);
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("2 frames"), HasSubstr("0.001 to 1.5"))));
}

TEST_F(Transforms, ReadsPathsOfWindows) {
  WritePhoto("images/a b.png", 4, 3);
  const SceneDescription scene = ReadOf(MakeFile(MakeFrame("images\\a b.png")));
  EXPECT_EQ(scene.photos[0].name, "images/a b.png");
  EXPECT_EQ(scene.photos[0].path, folder_ / "images/a b.png");
  EXPECT_EQ(ReadOf(MakeFile(MakeFrame("C:\\data\\a.png"))).photos[0].name, "/data/a.png");
}

TEST_F(Transforms, KeepsTheSplitOfTheListsOfNames) {
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

TEST_F(Transforms, TakesMasksAndNamesUnknownKeysOnce) {
  json file = MakeFile();
  file["frames"][0]["mask_path"] = "masks/a.png";
  file["frames"].push_back(MakeFrame("b.png"));
  file["frames"][0]["time"] = 0.5;
  file["frames"][1]["time"] = 0.6;
  file["applied_transform"] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
  file["aabb_scale"] = 4;
  file["shift_x"] = 0.1;
  const SceneDescription scene = ReadOf(file);
  EXPECT_THAT(scene.photos[0].mask.path, EndsWith("/masks/a.png")) << "beside the file";
  EXPECT_EQ(scene.photos[1].mask.path, "");
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("not used: 'shift_x', 'time'")));
  file["frames"][1]["mask_path"] = 5;
  EXPECT_THAT(ErrorOf(file), HasSubstr("frame 2 ('b.png'): 'mask_path' is 5, expected the path of an image"));
}

TEST_F(Transforms, UnknownKeysOfBothFilesOfASplitAreNamedInOneWarning) {
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

TEST_F(Transforms, TakesThePointsOfTheUsualFile) {
  WriteBytes(folder_ / "sparse_pc.ply",
             "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
             "end_header\n1 2 3\n");
  EXPECT_THAT(ReadOf(MakeFile()).points.positions, SizeIs(1));
  json file = MakeFile();
  file["ply_file_path"] = "/another/machine/sparse_pc.ply";
  EXPECT_THAT(ReadOf(file).points.positions, SizeIs(1));
}

TEST_F(Transforms, TakesSizesFromPhotosThatLieElsewhere) {
  WritePhoto("images_4/a.png", 40, 20);
  const json file = {{"camera_angle_x", 1.0}, {"frames", {MakeFrame("/elsewhere/images/a.jpg")}}};
  WriteBytes(path_, file.dump());
  const SceneDescription scene = ReadTransforms(path_, folder_ / "images_4");
  EXPECT_EQ(scene.photos[0].intrinsics.width, 40);
  EXPECT_NEAR(scene.photos[0].intrinsics.params[0], 20 / std::tan(0.5), 1e-9);
}

// BuildDataset says what is wrong with it, and leaves out it alone.
TEST_F(Transforms, APhotoThatCannotBeReadHasTheSizeOfTheOthers) {
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

TEST_F(Transforms, AFramesOwnCameraGoesFirst) {
  json frame = MakeFrame("a.png");
  frame.update({{"fl_x", 50}, {"camera_angle_y", 0.5 * kPi}, {"w", 32}, {"h", 24}, {"cx", 15}});
  EXPECT_THAT(ReadOf(MakeFile(frame)).photos[0].intrinsics.params,
              ElementsAre(50, ::testing::DoubleNear(12, kRounding), 15, 22));
}

TEST_F(Transforms, ChoosesTheModelThatHoldsTheCoefficients) {
  using Params = std::vector<double>;
  const auto read = [&](const json& extra) {
    json file = MakeFile();
    file.update(extra);
    return ReadOf(file).photos[0].intrinsics;
  };
  const auto distortion = [](const Intrinsics& i) { return Params(i.params.begin() + 4, i.params.end()); };
  const json k = {{"k1", 0.1}, {"k2", -0.2}, {"p1", 0.01}, {"p2", 0.02}};
  EXPECT_EQ(read(k).model, CameraModel::kOpenCv);
  EXPECT_EQ(distortion(read(k)), (Params{0.1, -0.2, 0.01, 0.02}));
  json k3 = k;
  k3["k3"] = 0.3;
  EXPECT_EQ(read(k3).model, CameraModel::kFullOpenCv);
  EXPECT_EQ(distortion(read(k3)), (Params{0.1, -0.2, 0.01, 0.02, 0.3, 0, 0, 0}));
  json fisheye = k3;
  fisheye.update({{"k4", 0.4}, {"camera_model", "OPENCV_FISHEYE"}});
  EXPECT_EQ(read(fisheye).model, CameraModel::kOpenCvFisheye);
  EXPECT_EQ(distortion(read(fisheye)), (Params{0.1, -0.2, 0.3, 0.4}));
  fisheye.erase("camera_model");
  fisheye["is_fisheye"] = true;
  EXPECT_EQ(read(fisheye).model, CameraModel::kOpenCvFisheye);
  json full = k3;
  full.update({{"k4", 0.4}, {"k6", 0.6}, {"camera_model", "FULL_OPENCV"}});
  EXPECT_EQ(distortion(read(full)), (Params{0.1, -0.2, 0.01, 0.02, 0.3, 0.4, 0, 0.6}));
  json k4 = k3;
  k4["k4"] = 0.4;
  EXPECT_EQ(read(k4).model, CameraModel::kBrown);
  EXPECT_EQ(distortion(read(k4)), (Params{0.1, -0.2, 0.3, 0.4, 0.01, 0.02, 0}));
  EXPECT_EQ(read({{"camera_model", "PINHOLE"}, {"k1", 0.0}}).model, CameraModel::kPinhole);
}

TEST_F(Transforms, BlenderFilesTakeSizeAndExtensionFromThePhotos) {
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

TEST_F(Transforms, KeepsTheSplitOfTrainAndTestFiles) {
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
  WriteBytes(folder_ / "transforms_test.json", "{}");
  EXPECT_THAT(ErrorMessageOf([&] { ReadTransforms(train_path); }), HasSubstr("transforms_test.json"));
}

TEST_F(Transforms, ReadsThePointsOfAPly) {
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

TEST_F(Transforms, APlyThatIsCutOffIsAWarning) {
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
  WriteBytes(folder_ / "points.ply", "ply\nformat ascii 1.0\nelement vertex 3\n");
  EXPECT_THAT(ReadOf(file).photos, SizeIs(1));
  EXPECT_THAT(ReadOf(file).points.positions, IsEmpty());
  EXPECT_THAT(ReadOf(file).warnings, ElementsAre(AllOf(HasSubstr("points.ply"), HasSubstr("its points are not used"))));
}

TEST_F(Transforms, KeepsTheDigitsOfPointsInCoordinatesOfAMap) {
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

TEST_F(Transforms, SyntaxErrorsNameLineAndColumn) {
  EXPECT_THAT(ErrorOf(std::string("{\n  \"frames\": [,]\n}")), HasSubstr("line 2, column 14"));
  EXPECT_THAT(ErrorOf(std::string("[NaN]")), HasSubstr("line 1, column 2"));
  EXPECT_THAT(ErrorOf(std::string()), HasSubstr("line 1, column 1"));
  EXPECT_THAT(ErrorOf(std::string("{\"fl_x\": 1e999}")), HasSubstr("out of range"));
  EXPECT_THAT(ErrorOf(std::string(100000, '[')), HasSubstr("nests more than 64 deep"));
}

TEST_F(Transforms, RefusesMatricesThatAreNoPoses) {
  json uneven = kIdentity, mirrored = kIdentity, sheared = kIdentity, projective = kIdentity, text = kIdentity;
  uneven[2][2] = 1.2;
  mirrored[1][1] = -1;
  sheared[0][1] = 0.2;
  projective[3][3] = 2;
  text[2][3] = "7";
  const std::vector<std::pair<json, std::string>> cases = {
      {uneven, "scaled differently"},
      {mirrored, "mirrored"},
      {sheared, "sheared"},
      {json{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 1}}, "is no rotation"},
      {projective, "last row"},
      {text, "row 3, column 4"},
      {json{{1, 0, 0, 0}, {0, nullptr, 0, 0}, {0, 0, 1, 0}}, "row 2, column 2"},
      {json{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, "row 1"},
      {json{1, 2, 3, 4}, "row 1"},
      {json(7), "4 rows"},
  };
  for (const auto& [matrix, expected] : cases) {
    EXPECT_THAT(ErrorOf(MakeFile(MakeFrame("b c.png", matrix))),
                AllOf(HasSubstr("frame 1 ('b c.png')"), HasSubstr(expected)));
  }
}

TEST_F(Transforms, RefusesImpossibleCameras) {
  const std::vector<std::pair<json, std::string>> cases = {
      {{{"fl_x", 0}}, "'fl_x' is 0"},
      {{{"fl_y", -3}}, "'fl_y' is -3"},
      {{{"fl_x", "100"}}, "'fl_x' is not a number"},
      {{{"fl_x", nullptr}, {"fl_y", nullptr}}, "neither a focal length"},
      {{{"fl_x", nullptr}, {"camera_angle_x", 4}}, "between 0 and pi"},
      {{{"w", 64.5}}, "64.5 x 48 is impossible"},
      {{{"w", nullptr}}, "photo size is not written"},
      {{{"h", 1e12}}, "is impossible"},
      {{{"k4", 0.1}, {"k5", 0.1}}, "'k5'"},
      {{{"latlong", true}}, "'latlong'"},
      {{{"ftheta_p0", 0.1}}, "'ftheta_p0'"},
      {{{"camera_model", "EQUIRECTANGULAR"}}, "'EQUIRECTANGULAR' is not supported"},
  };
  for (const auto& [extra, expected] : cases) {
    json file = MakeFile();
    file.update(extra);
    EXPECT_THAT(ErrorOf(file), AllOf(HasSubstr("frame 1 ('a.png')"), HasSubstr(expected)));
  }
}

TEST_F(Transforms, AFrameThatCannotBeUsedLeavesTheOthers) {
  json file = MakeFile();
  file["frames"].push_back(MakeFrame("b.png", json(7)));
  json degrees = MakeFrame("c.png");
  degrees.update({{"camera_angle_x", 50}});
  file["frames"].push_back(degrees);
  const SceneDescription scene = ReadOf(file);
  ASSERT_THAT(scene.photos, SizeIs(3));
  EXPECT_EQ(scene.photos[0].problem, "");
  EXPECT_THAT(scene.photos[1].problem, AllOf(HasSubstr("frame 2 ('b.png')"), HasSubstr("4 rows")));
  EXPECT_THAT(scene.photos[2].problem, AllOf(HasSubstr("frame 3 ('c.png')"), HasSubstr("'camera_angle_x' is 50"),
                                             HasSubstr("it is in radians")));
}

TEST_F(Transforms, RefusesFilesWithoutUsableFrames) {
  json twice = MakeFile();
  twice["frames"].push_back(MakeFrame("./a.png"));
  json nameless = MakeFile();
  nameless["frames"][0].erase("file_path");
  json poseless = MakeFile();
  poseless["frames"][0].erase("transform_matrix");
  EXPECT_THAT(ErrorOf(json{{"frames", json::array()}}), HasSubstr("'frames'"));
  EXPECT_THAT(ErrorOf(json{{"fl_x", 1}}), HasSubstr("'frames'"));
  EXPECT_THAT(ErrorOf(json::array()), HasSubstr("is no transforms.json"));
  EXPECT_THAT(ErrorOf(json{{"frames", {7}}}), HasSubstr("frame 1: is not an object"));
  EXPECT_THAT(ErrorOf(nameless), HasSubstr("frame 1: has no 'file_path'"));
  EXPECT_THAT(ErrorOf(poseless), HasSubstr("has no 'transform_matrix'"));
  EXPECT_THAT(ErrorOf(twice), HasSubstr("'a.png' is there twice"));
  EXPECT_THAT(ErrorMessageOf([] { ReadTransforms("/none/transforms.json"); }), HasSubstr("/none/transforms.json"));
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
    EXPECT_NEAR(Norm(CenterOf(photo)), kOrbit, kPrintedDigits);
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
      const double a = Norm(CenterOf(*pairs[i].first) - CenterOf(*pairs[j].first));
      const double b = Norm(CenterOf(*pairs[i].second) - CenterOf(*pairs[j].second));
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
