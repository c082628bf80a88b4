#include "data/dataset/camera_sanity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/camera_ring.h"
#include "tests/support/error_message.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
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
