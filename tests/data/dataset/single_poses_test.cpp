#include "data/dataset/single_poses.h"

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
using ::testing::SizeIs;

// About y: a camera that looks the other way and stays upright.
const Rigid3 kAbout = {{{{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}}}, {0, 0, 0}};

class SinglePoses : public testing::PosedWall {
 protected:
  void Mend() {
    SerialExecutor executor;
    log_.clear();
    MendSinglePoses("the source", wall_.points, wall_.views, executor, Log());
  }
};

TEST_F(SinglePoses, RightOnesStayWithoutAWord) {
  Mend();
  EXPECT_TRUE(AreRight());
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(SinglePoses, SomeWithOtherAxesAreTurned) {
  for (const size_t view : {1, 2, 4, 7}) Change(view, TurnOfAxes());
  Mend();
  EXPECT_TRUE(AreRight());
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("the source: 4 of 8 cameras (view_1.png, view_2.png"),
                                      HasSubstr("none of the points in view, the others"),
                                      HasSubstr("OpenCV's axes for OpenGL's"), HasSubstr("they were turned"))));
}

TEST_F(SinglePoses, ASetTurnsThemWithAWarning) {
  SceneDescription scene;
  scene.source = "the source";
  scene.photos = wall_.photos;
  scene.points = wall_.points;
  Rigid3& pose = scene.photos[2].camera_from_world;
  pose = Compose(TurnOfAxes(), pose);
  SerialExecutor executor;
  const Dataset dataset = BuildDataset(scene, {}, executor, Log());
  EXPECT_THAT(dataset.views, SizeIs(8));
  EXPECT_THAT(log_, Contains(HasSubstr("1 of 8 cameras (view_2.png)")));
}

// With turned axes it would see the wall upside down, which its photo denies.
TEST_F(SinglePoses, OneThatLooksAwayIsLeftOut) {
  Change(3, kAbout);
  Mend();
  EXPECT_THAT(wall_.views, SizeIs(7));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("1 of 8 cameras (view_3.png) have none of the points in view"),
                                      HasSubstr("they were left out"))));
}

// Its camera has 120 points in view, which are not in its photo.
TEST_F(SinglePoses, OneWhosePhotoDeniesItsPointsIsLeftOut) {
  for (size_t i = 0; i < 1500; ++i) {
    wall_.points.positions.push_back(wall_.points.positions[i]);
    wall_.points.colors.push_back(wall_.points.colors[i]);
  }
  for (size_t i = 0; i < 120; ++i) {
    wall_.points.positions.push_back({0.01 * double(i % 10), 0.01 * double(i / 10), -5});
    wall_.points.colors.push_back(wall_.points.colors[(i * 7 + 3) % 1500]);
  }
  Change(3, kAbout);
  Mend();
  EXPECT_THAT(wall_.views, SizeIs(7));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("(view_3.png) have at most 4 % of the points in view"),
                                      HasSubstr("they were left out"))));
}

TEST_F(SinglePoses, ManyThatLookAwayStay) {
  Change(3, kAbout);
  Change(5, kAbout);
  Mend();
  EXPECT_THAT(wall_.views, SizeIs(8));
  EXPECT_THAT(log_, ElementsAre(HasSubstr("2 of 8 cameras (view_3.png, view_5.png) have none of the points in view")));
}

// Even where behind the camera there are as many points as others see.
TEST_F(SinglePoses, ACloseUpStays) {
  for (size_t i = 0; i < 1500; ++i) {
    wall_.points.positions.push_back(wall_.points.positions[i]);
    wall_.points.positions.back().z -= 12;
    wall_.points.colors.push_back(wall_.points.colors[(i * 7 + 3) % 1500]);
  }
  wall_.views[4].camera.fx *= 12;
  wall_.views[4].camera.fy *= 12;
  Mend();
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(AreRight());
}

TEST_F(SinglePoses, WithoutColorsNoneAreTurned) {
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {128, 128, 128};
  for (const size_t view : {1, 2, 4, 7}) Change(view, TurnOfAxes());
  Mend();
  EXPECT_THAT(wall_.views, SizeIs(8));
  EXPECT_FALSE(AreRight());
  EXPECT_THAT(log_, ElementsAre(HasSubstr("check their poses")));
}

}  // namespace
}  // namespace splat::data
