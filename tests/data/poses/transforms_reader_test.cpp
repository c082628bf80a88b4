#include "data/poses/transforms_reader.h"
#include "core/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "core/constants.h"
#include "tests/support/error_message.h"
#include "tests/support/transforms_files.h"

namespace splat::data {
namespace {

using nlohmann::json;
using splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr double kRounding = 1e-12;  // of a few operations in double on numbers near one

class Transforms : public TransformsTest {};

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
  ExpectNear(CameraCenterInWorld(photo.camera_from_world), {1, 2, 3}, kRounding);
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
  ExpectNear(CameraCenterInWorld(photo.camera_from_world), {5, 6, 7}, 1e-11);
  EXPECT_NEAR(r(0, 0), 1, 1e-5);  // the nearest rotation, not just any
}

TEST_F(Transforms, TakesAUniformScaleOffTheRotationsAndSaysSoOnce) {
  json file = MakeFile(MakeFrame("a.png", {{0, -1.5, 0, 5}, {1.5, 0, 0, 6}, {0, 0, 1.5, 7}, {0, 0, 0, 1}}));
  file["frames"].push_back(MakeFrame("b.png", {{0.001, 0, 0, 0}, {0, 0.001, 0, 0}, {0, 0, 0.001, 0}}));
  file["frames"].push_back(MakeFrame("c.png"));
  const SceneDescription scene = ReadOf(file);
  ExpectNear(CameraCenterInWorld(scene.photos[0].camera_from_world), {5, 6, 7}, 1e-11);
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

TEST_F(Transforms, ANameLongerThanAPathCostsItsOwnPhoto) {
  json file = MakeFile(MakeFrame("a.png"));
  std::string name;
  while (name.size() < 100000) name += "a/";
  file["frames"].push_back(MakeFrame(name + "x.png"));
  const SceneDescription scene = ReadOf(file);
  ASSERT_EQ(scene.photos.size(), 1u);
  ASSERT_THAT(scene.warnings, ElementsAre(HasSubstr("frame 2: its 'file_path' ('a/a/")));
  EXPECT_THAT(scene.warnings[0], AllOf(HasSubstr("/x.png') has 100005 characters"), EndsWith("left out")));
  EXPECT_LT(scene.warnings[0].size(), 600u);
}

TEST_F(Transforms, ASideThatIsNoSizeIsThatOfThePhoto) {
  WritePhoto("a.png", 32, 24);
  for (const json& none : {json(nullptr), json(0), json(-1), json(0.5)}) {
    json file = MakeFile(MakeFrame("a.png"));
    file["h"] = 24;
    file["w"] = none;
    const SceneDescription scene = ReadOf(file);
    EXPECT_EQ(scene.photos[0].problem, "") << none;
    EXPECT_EQ(scene.photos[0].intrinsics.width, 32) << none;
    if (none.is_null()) {
      EXPECT_THAT(scene.warnings, ElementsAre());
    } else {
      EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("'w' is "), HasSubstr("that of the photos is taken"))));
    }
  }
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
  const SceneDescription one_left = ReadOf(file);
  EXPECT_EQ(one_left.photos[0].problem, "");
  EXPECT_THAT(one_left.photos[1].problem,
              HasSubstr("frame 2 ('b.png'): 'mask_path' is 5, expected the path of an image"));
  file["frames"].erase(0);
  EXPECT_THAT(ErrorOf(file), HasSubstr("frame 1 ('b.png'): 'mask_path' is 5")) << "no frame can be used";
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

TEST_F(Transforms, SyntaxErrorsNameLineAndColumn) {
  EXPECT_THAT(ErrorOf(std::string("{\n  \"frames\": [,]\n}")), HasSubstr("line 2, column 14"));
  EXPECT_THAT(ErrorOf(std::string("[x]")), HasSubstr("line 1, column 2"));
  EXPECT_THAT(ErrorOf(std::string()), HasSubstr("line 1, column 1"));
  EXPECT_THAT(ErrorOf(std::string("{\"fl_x\": 1e999}")), HasSubstr("it needs a list 'frames'")) << "no error of syntax";
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

TEST_F(Transforms, OfSeveralFramesOfAPhotoTheFirstThatCanBeUsedCounts) {
  json file = MakeFile(MakeFrame("a.png", json(7)));
  file["frames"].push_back(MakeFrame("b.png"));
  file["frames"].push_back(MakeFrame("./a.png", {{1, 0, 0, 5}, {0, 1, 0, 6}, {0, 0, 1, 7}}));
  file["frames"].push_back(MakeFrame("b.png", {{1, 0, 0, 8}, {0, 1, 0, 8}, {0, 0, 1, 8}}));
  file["frames"].push_back(MakeFrame("b.png"));
  const SceneDescription scene = ReadOf(file);
  ASSERT_THAT(scene.photos, SizeIs(2));
  ExpectNear(CameraCenterInWorld(scene.photos[0].camera_from_world), {5, 6, 7}, kRounding);
  ExpectNear(CameraCenterInWorld(scene.photos[1].camera_from_world), {0, 0, 0}, kRounding);
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr(path_), HasSubstr("more than one entry for a.png, b.png"),
                                                HasSubstr("the first one of each counts"))));
}

TEST_F(Transforms, AFrameThatNamesNoPhotoLeavesTheOthers) {
  json file = MakeFile();
  file["frames"].push_back(nullptr);
  file["frames"].push_back({{"file_path", 7}, {"transform_matrix", kIdentity}});
  const SceneDescription scene = ReadOf(file);
  EXPECT_THAT(scene.photos, SizeIs(1));
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("frame 2: is not an object"),
                                                HasSubstr("(and 1 other frames)"), HasSubstr("left out"))));
}

// As Python's json module writes it.
TEST_F(Transforms, ANumberThatIsNotFiniteCostsItsFrame) {
  json file = MakeFile();
  file["frames"].push_back(MakeFrame("b.png", {{1, 0, 0, 12345}, {0, 1, 0, 0}, {0, 0, 1, 0}}));
  for (const std::string number : {"NaN", "Infinity", "-Infinity", "1e999", "-1e999"}) {
    std::string text = file.dump(2);
    text.replace(text.find("12345"), 5, number);
    testing::WriteBytes(path_, text);
    const SceneDescription scene = ReadTransforms(path_);
    ASSERT_THAT(scene.photos, SizeIs(2));
    EXPECT_EQ(scene.photos[0].problem, "");
    EXPECT_THAT(scene.photos[1].problem, AllOf(HasSubstr("frame 2"), HasSubstr("row 1, column 4")));
  }
}

TEST_F(Transforms, TransposedMatricesAreTurnedAndSaidOnce) {
  const json matrix = {{0, 1, 0, 0}, {0, 0, 1, 0}, {1, 0, 0, 0}, {1, 2, 3, 1}};  // of TurnsOpenGlAxesToOurs
  const SceneDescription scene = ReadOf(MakeFile(MakeFrame("a.png", matrix)));
  ExpectNear(CameraCenterInWorld(scene.photos[0].camera_from_world), {1, 2, 3}, kRounding);
  ExpectNear(scene.photos[0].camera_from_world * Vec3<double>{-4, 2, 3}, {0, 0, 5}, kRounding);
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("1 frames"), HasSubstr("were transposed"))));
}

TEST_F(Transforms, RefusesFilesWithoutUsableFrames) {
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
  EXPECT_THAT(ErrorMessageOf([] { ReadTransforms("/none/transforms.json"); }), HasSubstr("/none/transforms.json"));
}

}  // namespace
}  // namespace splat::data
