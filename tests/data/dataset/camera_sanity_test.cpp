#include "data/dataset/camera_sanity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"
#include "data/poses/pose_source.h"
#include "tests/support/camera_ring.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class CameraSanity : public ::testing::Test {
 protected:
  std::vector<PosedPhoto> Check() {
    log_.clear();
    return CheckCameras(scene_, [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }
  SceneDescription scene_ = testing::CameraRing();
  std::vector<std::string> log_;
};

TEST_F(CameraSanity, GoodCamerasStayAsTheyAre) {
  const std::vector<PosedPhoto> photos = Check();
  EXPECT_THAT(log_, IsEmpty());
  ASSERT_THAT(photos, SizeIs(8));
  EXPECT_THAT(photos[3].intrinsics.params, ElementsAre(600, 600, 320, 240));
  EXPECT_EQ(photos[3].camera_from_world.translation.z, 3);
}

TEST_F(CameraSanity, APrincipalPointMayBeAShareOfTheSides) {
  scene_.photos[0].intrinsics.params = {600, 600, 0.5, 0.25};
  scene_.photos[1].intrinsics = {CameraModel::kSimpleRadial, 640, 480, {600, 0.5, 0.5, 0.01}};
  const std::vector<PosedPhoto> photos = Check();
  EXPECT_THAT(photos[0].intrinsics.params, ElementsAre(600, 600, 320, 120));
  EXPECT_THAT(photos[1].intrinsics.params, ElementsAre(600, 320, 240, 0.01));
  EXPECT_THAT(log_,
              ElementsAre(AllOf(StartsWith("transforms file x: the principal point (0.5, 0.25) is read as a share"),
                                HasSubstr("0.png, 1.png"))));
}

TEST_F(CameraSanity, APrincipalPointOutsideOfTheImageIsSaid) {
  scene_.photos[2].intrinsics.params = {600, 600, 640, 240};  // of images_2, in px of images
  scene_.photos[5].intrinsics.params = {600, 600, 320, -9};
  EXPECT_THAT(Check(), SizeIs(8));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("(640, 240) px is not inside the image of 640 x 480"),
                                      HasSubstr("2.png, 5.png"))));
}

TEST_F(CameraSanity, AFocalLengthThatIsAShareOfTheWidthIsRefused) {
  scene_.photos[4].intrinsics.params = {0.8, 0.8, 320, 240};
  EXPECT_THAT(Check(), SizeIs(7));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("a focal length of 0.8 px for an image of 640 x 480 px"),
                                      HasSubstr("multiply it by the width; left out: 4.png"))));
  for (PosedPhoto& photo : scene_.photos) photo.intrinsics.params = {0.8, 0.8, 320, 240};
  EXPECT_THAT(ErrorMessageOf([&] { Check(); }), AllOf(StartsWith("transforms file x: a focal length of 0.8 px"),
                                                      HasSubstr("179.7 degrees"), HasSubstr("by the width")));
}

TEST_F(CameraSanity, TheFocalLengthOfTheWiderSideIsNamed) {
  scene_.photos[4].intrinsics.params = {600, 0.6, 320, 240};
  EXPECT_THAT(Check(), SizeIs(7));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("a focal length of 0.6 px"), HasSubstr("left out: 4.png"))));
}

TEST_F(CameraSanity, ViewsThatNoLensHasAreSaid) {
  scene_.photos[0].intrinsics.params = {25, 25, 320, 240};        // 171 degrees
  scene_.photos[1].intrinsics.params = {29, 29, 320, 240};        // 169.6 degrees
  scene_.photos[2].intrinsics.params = {80000, 80000, 320, 240};  // 0.46 degrees
  scene_.photos[3].intrinsics = {CameraModel::kOpenCvFisheye, 640, 480, {180, 180, 320, 240, 0, 0, 0, 0}};  // 204
  EXPECT_THAT(Check(), SizeIs(7));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("171.1 degrees"), HasSubstr("left out: 0.png")),
                                AllOf(HasSubstr("0.5 degrees"), HasSubstr("write it in px: 2.png"))));
}

TEST_F(CameraSanity, AViewThatShowsNothingIsLeftOut) {
  scene_.photos[2].intrinsics.params = {1e10, 1e10, 320, 240};
  EXPECT_THAT(Check(), SizeIs(7));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("a focal length of 1e+10 px"), HasSubstr("left out: 2.png"))));
}

TEST_F(CameraSanity, APrincipalPointThatIsFarOutsideIsLeftOut) {
  scene_.photos[1].intrinsics.params = {600, 600, 3200, 240};  // a part of a larger photo, 78 degrees off the axis
  scene_.photos[2].intrinsics.params = {600, 600, 320, -1e6};
  scene_.photos[3].intrinsics = {CameraModel::kRadialFisheye, 640, 480, {300, 1e5, 240, 0, 0}};
  EXPECT_THAT(Check(), SizeIs(6));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("(320, -1e+06) px is so far outside of the image of 640 x 480 px"),
                                      HasSubstr("correct cx and cy; left out: 2.png, 3.png")),
                                AllOf(HasSubstr("(3200, 240) px is not inside"), HasSubstr(": 1.png"))));
}

// A pinhole camera may show it; a lens is undistorted within 60 degrees alone.
TEST_F(CameraSanity, APartOfADistortedPhotoThatLeavesNoImageIsLeftOut) {
  scene_.photos[1].intrinsics = {CameraModel::kSimpleRadial, 640, 480, {600, 3200, 240, 0.001}};
  EXPECT_THAT(Check(), SizeIs(7));
  EXPECT_THAT(log_, ElementsAre("transforms file x: the SIMPLE_RADIAL camera's distortion leaves no image to undistort "
                                "within 60 degrees of its axis; check its parameters; left out: 1.png"));
}

TEST_F(CameraSanity, FocalLengthsThatDifferByMoreThanThoseOfAnyLensAreSaid) {
  scene_.photos[1].intrinsics.params = {600, 300, 320, 240};  // an anamorphic lens
  scene_.photos[6].intrinsics.params = {600, 100, 320, 240};
  EXPECT_THAT(Check(), SizeIs(8));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("the focal lengths 600 and 100 px"), HasSubstr(": 6.png"))));
}

TEST_F(CameraSanity, ADistortionThatNoLensHasIsLeftOut) {
  const std::vector<Intrinsics> cameras = {
      {CameraModel::kSimpleRadial, 640, 480, {600, 320, 240, 1e10}},
      {CameraModel::kRadial, 640, 480, {600, 320, 240, 0, 1e6}},
      {CameraModel::kRadial, 640, 480, {600, 320, 240, -50, 0}},
      {CameraModel::kOpenCv, 640, 480, {600, 600, 320, 240, 0, 0, 1e3, 0}},
      {CameraModel::kOpenCv, 640, 480, {600, 600, 320, 240, 0, 0, 0, -1e9}},
      {CameraModel::kFullOpenCv, 640, 480, {600, 600, 320, 240, 0, 0, 0, 0, 0, 1e5, 0, 0}},
      {CameraModel::kFullOpenCv, 640, 480, {600, 600, 320, 240, 0, 0, 0, 0, 0, -1e5, 0, 0}},
      {CameraModel::kOpenCvFisheye, 640, 480, {600, 600, 320, 240, 1e10, 0, 0, 0}},
      {CameraModel::kOpenCvFisheye, 640, 480, {600, 600, 320, 240, -100, 0, 0, 0}},
      {CameraModel::kSimpleRadialFisheye, 640, 480, {600, 320, 240, 1e300}},
      {CameraModel::kRadialFisheye, 640, 480, {600, 320, 240, 0, -1e10}},
      {CameraModel::kBrown, 640, 480, {600, 600, 320, 240, 0, 0, 0, 0, 0, 0, 1e6}},
      {CameraModel::kBrown, 640, 480, {600, 600, 320, 240, 0, 0, 0, 1e10, 0, 0, 0}}};
  for (const Intrinsics& camera : cameras) {
    SCOPED_TRACE(CameraModelName(camera.model) + " " + std::to_string(camera.params.back()));
    scene_.photos[3].intrinsics = camera;
    EXPECT_THAT(Check(), SizeIs(7));
    EXPECT_THAT(log_, ElementsAre(AllOf(StartsWith("transforms file x: the distortion ("),
                                        HasSubstr(CameraModelName(camera.model)), HasSubstr("left out: 3.png"))));
  }
  for (PosedPhoto& photo : scene_.photos) photo.intrinsics = cameras[0];
  EXPECT_THAT(ErrorMessageOf([&] { Check(); }),
              AllOf(StartsWith("transforms file x: the distortion (1e+10) of the SIMPLE_RADIAL camera moves the edge"),
                    HasSubstr("correct it, or set it to zero")));
}

TEST_F(CameraSanity, ADistortionThatIsNotUsualIsSaid) {
  scene_.photos[0].intrinsics = {CameraModel::kSimpleRadial, 640, 480, {600, 320, 240, -1.5}};  // folds in the image
  scene_.photos[1].intrinsics = {CameraModel::kSimpleRadial, 640, 480, {600, 320, 240, 10}};
  EXPECT_THAT(Check(), SizeIs(8));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("folds the image back on itself"), HasSubstr(": 0.png")),
                                AllOf(HasSubstr("outwards by a factor of"), HasSubstr(": 1.png"))));
}

TEST_F(CameraSanity, LensesThatThereAreAreNotSaid) {
  const std::vector<Intrinsics> cameras = {
      {CameraModel::kSimpleRadial, 640, 480, {600, 320, 240, 0.3}},
      {CameraModel::kSimpleRadial, 640, 480, {600, 320, 240, -0.3}},
      {CameraModel::kOpenCv, 640, 480, {330, 330, 320, 240, -0.28, 0.07, 0.001, -0.001}},  // an action camera
      {CameraModel::kOpenCv, 640, 480, {8000, 8000, 320, 240, -2, 60, 0, 0}},              // a tele lens
      {CameraModel::kFullOpenCv, 640, 480, {300, 300, 320, 240, 1.2, 0.2, 0, 0, 0, 1.6, 0.5, 0}},
      {CameraModel::kOpenCvFisheye, 640, 480, {204, 204, 320, 240, 0.02, -0.01, 0.002, 0}},  // 180 degrees
      {CameraModel::kSimpleRadialFisheye, 640, 480, {160, 320, 240, -0.04}},                 // 220 degrees
      {CameraModel::kBrown, 640, 480, {600, 600, 320, 240, -0.2, 0.1, -0.04, 0.02, 0.004, -0.003, 0.005}}};
  for (const Intrinsics& camera : cameras) {
    SCOPED_TRACE(CameraModelName(camera.model));
    scene_.photos[3].intrinsics = camera;
    EXPECT_THAT(Check(), SizeIs(8));
    EXPECT_THAT(log_, IsEmpty());
  }
}

struct RealSet {
  const char *photos, *poses;
};

class RealCameras : public ::testing::TestWithParam<RealSet> {};
INSTANTIATE_TEST_SUITE_P(
    Sets, RealCameras,
    ::testing::Values(RealSet{"fox/images", "fox/sparse"}, RealSet{"fox/images", "fox/transforms.json"},
                      RealSet{"desk/input", "desk/distorted"}, RealSet{"fern/images_4", "fern/sparse"},
                      RealSet{"fern/images_4", "fern/poses_bounds.npy"},
                      RealSet{"lego/train", "lego/transforms_train.json"}, RealSet{"beer/images", "beer/sparse"},
                      RealSet{"cup/images", "cup/sparse"}, RealSet{"mouse/images", "mouse/sparse"}));

TEST_P(RealCameras, AreNotSaid) {
  SPLAT_TEST_DATA_OR_SKIP(photos, GetParam().photos);
  SPLAT_TEST_DATA_OR_SKIP(poses, GetParam().poses);
  const SceneDescription scene = ReadPoses(poses, photos);
  std::vector<std::string> log;
  EXPECT_THAT(CheckCameras(scene, [&](LogLevel, const std::string& line) { log.push_back(line); }),
              SizeIs(scene.photos.size()));
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(CameraSanity, WhatAReaderCouldNotUseIsLeftOut) {
  scene_.photos[1].problem = scene_.photos[4].problem = "x.json: frame 2: 'fl_x' is 0, must be positive";
  scene_.photos[1].intrinsics = {};
  scene_.photos[6].intrinsics = {CameraModel::kFov, 640, 480, {600, 600, 320, 240, 0.5}};
  EXPECT_THAT(Check(), SizeIs(5));
  EXPECT_THAT(log_, ElementsAre("x.json: frame 2: 'fl_x' is 0, must be positive; left out: 1.png, 4.png",
                                AllOf(StartsWith("transforms file x: camera model FOV is not supported"),
                                      HasSubstr("left out: 6.png"))));
  for (PosedPhoto& photo : scene_.photos) photo.problem = "x.json: frame 1: is no good";
  EXPECT_EQ(ErrorMessageOf([&] { Check(); }), "x.json: frame 1: is no good");
}

TEST_F(CameraSanity, EachFaultNamesItsOwnPhotos) {
  scene_.photos[1].problem = "x.json: frame 2 ('1.png'): 'fl_x' is 0, must be positive";
  scene_.photos[2].problem = "x.json: frame 3 ('2.png'): 'transform_matrix' is 7, expected 4 rows";
  scene_.photos[4].problem = "x.json: frame 5 ('4.png'): 'fl_x' is -3, must be positive";
  scene_.photos[5].intrinsics.params = {0.8, 0.8, 320, 240};
  scene_.photos[6].intrinsics.params = {600, 600, 320, -1e6};
  scene_.photos[7].intrinsics.params = {600, 600, 5e7, 240};
  EXPECT_THAT(Check(), SizeIs(2));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("frame 2 ('1.png'): 'fl_x' is 0"), EndsWith("left out: 1.png, 4.png")),
                                AllOf(HasSubstr("'transform_matrix' is 7"), EndsWith("left out: 2.png")),
                                AllOf(HasSubstr("a focal length of 0.8 px"), EndsWith("left out: 5.png")),
                                AllOf(HasSubstr("is so far outside"), EndsWith("left out: 6.png, 7.png"))));
}

TEST_F(CameraSanity, ManyFaultsAreCounted) {
  const std::vector<std::string> faults = {"is no good", "is worse", "is bad", "is nothing", "is nothing", "is odd"};
  for (size_t i = 0; i < faults.size(); ++i) scene_.photos[i].problem = StrCat("x.json: frame ", i, ": ", faults[i]);
  EXPECT_THAT(Check(), SizeIs(2));
  EXPECT_THAT(log_,
              ElementsAre("x.json: frame 0: is no good; left out: 0.png", "x.json: frame 1: is worse; left out: 1.png",
                          "x.json: frame 2: is bad; left out: 2.png, and 3 others for other reasons (the first: "
                          "x.json: frame 3: is nothing)"));
  for (PosedPhoto& photo : scene_.photos) photo.problem = "x.json: frame 1: is no good";
  scene_.photos[3].problem = "x.json: frame 4: is worse";
  EXPECT_EQ(ErrorMessageOf([&] { Check(); }),
            "x.json: frame 1: is no good, and 1 other for another reason (x.json: frame 4: is worse)");
}

TEST_F(CameraSanity, OnePoseForAllPhotosIsSaid) {
  for (PosedPhoto& photo : scene_.photos) photo.camera_from_world = scene_.photos[0].camera_from_world;
  EXPECT_THAT(Check(), SizeIs(8));
  EXPECT_THAT(log_, ElementsAre(HasSubstr("all 8 photos have one and the same pose")));
  scene_.photos[7].camera_from_world.translation.x += 1e-3;
  Check();
  EXPECT_THAT(log_, IsEmpty());
}

}  // namespace
}  // namespace splat::data
