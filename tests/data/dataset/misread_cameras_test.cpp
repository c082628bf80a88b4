#include "data/dataset/misread_cameras.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/dataset/pose_convention.h"
#include "tests/support/posed_wall.h"

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Rigid3 Roll(double cosine, double sine) {
  return {{{{cosine, -sine, 0}, {sine, cosine, 0}, {0, 0, 1}}}, {0, 0, 0}};
}

class MisreadCameras : public testing::PosedWall {
 protected:
  void Roll(size_t view, double cosine, double sine) { Change(view, data::Roll(cosine, sine)); }
  void Turn() {
    SerialExecutor executor;
    TurnMisreadCameras("the source", wall_.points, wall_.views, executor, Log());
  }
};

TEST_F(MisreadCameras, RightOnesStayWithoutAWord) {
  Turn();
  EXPECT_TRUE(AreRight());
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(MisreadCameras, RolledOnesAreRolledBack) {
  Roll(1, -1, 0);
  Roll(6, -1, 0);
  Roll(3, 0, 1);
  Roll(4, 0, -1);
  wall_.views[3].observations.resize(2);
  Turn();
  EXPECT_TRUE(AreRight());
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("2 of 8 photos (view_1.png, view_6.png)"), HasSubstr("half a turn")),
                                AllOf(HasSubstr("(view_4.png)"), HasSubstr("are rolled by a quarter")),
                                AllOf(HasSubstr("(view_3.png)"), HasSubstr("are rolled back by a quarter"))));
  EXPECT_THAT(wall_.views[3].observations, IsEmpty());
}

TEST_F(MisreadCameras, AnInverseIsInverted) {
  wall_.views[6].camera.camera_from_world = Inverse(right_[6]);
  Turn();
  EXPECT_TRUE(AreRight());
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("1 of 8 photos (view_6.png)"), HasSubstr("are inverted"))));
}

TEST_F(MisreadCameras, APoseThatIsWrongInAnotherWayStays) {
  wall_.views[6].camera.camera_from_world.translation = {3, 0, 0};
  right_[6] = wall_.views[6].camera.camera_from_world;
  Turn();
  EXPECT_TRUE(AreRight());
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(MisreadCameras, ASetTurnsThemWithAWarning) {
  SceneDescription scene;
  scene.source = "the source";
  scene.photos = wall_.photos;
  scene.points = wall_.points;
  Rigid3& pose = scene.photos[2].camera_from_world;
  pose = Compose(data::Roll(-1, 0), pose);
  SerialExecutor executor;
  BuildDataset(scene, {}, executor, Log());
  EXPECT_THAT(log_, Contains(HasSubstr("1 of 8 photos (view_2.png) show its points once")));
}

// What is wrong besides is put right first.
TEST_F(MisreadCameras, ASetTurnsThemAlsoWithoutColorsAndWithAnotherFocalLength) {
  SceneDescription scene;
  scene.source = "the source";
  SerialExecutor executor;
  const auto build = [&] {
    Rigid3& pose = scene.photos[2].camera_from_world;
    pose = Compose(data::Roll(-1, 0), pose);
    log_.clear();
    BuildDataset(scene, {}, executor, Log());
  };
  scene.photos = wall_.photos;
  scene.points = wall_.points;
  for (PosedPhoto& photo : scene.photos) {
    for (size_t k = 0; k < 2; ++k) photo.intrinsics.params[k] *= 1.2;
  }
  build();
  EXPECT_THAT(log_, ElementsAre(HasSubstr("times the focal lengths"), HasSubstr("1 of 8 photos (view_2.png) show"),
                                HasSubstr("on one plane")));
  scene.photos = wall_.photos;
  for (Vec3<uint8_t>& color : scene.points.colors) color = {0, 0, 0};
  build();
  EXPECT_THAT(log_, ElementsAre(HasSubstr("no colours"), HasSubstr("1 of 8 photos (view_2.png) show"),
                                HasSubstr("on one plane")));
}

TEST_F(MisreadCameras, WithoutColorsAllStay) {
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {128, 128, 128};
  Roll(1, -1, 0);
  Turn();
  EXPECT_FALSE(AreRight());
  EXPECT_THAT(log_, IsEmpty());
}

}  // namespace
}  // namespace splat::data
