#include "data/dataset/wrong_focals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/textured_wall.h"

namespace splat::data {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr double kFocal_px = 240;

class WrongFocals : public ::testing::Test {
 protected:
  void Multiply(double factor) {
    wall_.views = right_views_;
    wall_.photos = right_photos_;
    for (View& view : wall_.views) {
      view.camera.fx *= factor;
      view.camera.fy *= factor;
      for (size_t k = 0; k < 2; ++k) view.intrinsics.params[k] *= factor;
      view.observations = {{0, 0.5 / factor, 0.25 / factor}};
    }
    for (PosedPhoto& photo : wall_.photos) {
      for (size_t k = 0; k < 2; ++k) photo.intrinsics.params[k] *= factor;
    }
  }
  void Mend() {
    SerialExecutor executor;
    log_.clear();
    MendFocalLengths("the source", wall_.points, wall_.photos, wall_.views, executor,
                     [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }

  testing::TexturedWall wall_;
  const std::vector<View> right_views_ = wall_.views;
  const std::vector<PosedPhoto> right_photos_ = wall_.photos;
  std::vector<std::string> log_;
};

TEST_F(WrongFocals, RightOnesStayWithoutAWord) {
  Mend();
  EXPECT_EQ(wall_.views[0].camera.fx, kFocal_px);
  EXPECT_EQ(wall_.views[0].intrinsics.params[0], kFocal_px);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(WrongFocals, AreMultipliedByTheFactorThatThePhotosShow) {
  for (const double factor : {0.4, 0.8, 0.9, 1.1, 1.3, 2.2}) {
    Multiply(factor);
    Mend();
    for (const View& view : wall_.views) {
      EXPECT_NEAR(view.camera.fx, kFocal_px, 0.015 * kFocal_px) << factor;
      EXPECT_NEAR(view.intrinsics.params[1], view.camera.fy, 1e-9);
      EXPECT_NEAR(view.observations[0].x, 0.5, 0.01);
      EXPECT_NEAR(view.observations[0].y, 0.25, 0.005);
    }
    EXPECT_NEAR(wall_.photos[5].intrinsics.params[0], wall_.views[5].camera.fx, 1e-9);
    EXPECT_THAT(log_, ElementsAre(HasSubstr("the source: its photos show its points with")));
  }
  EXPECT_THAT(log_[0], HasSubstr("0.45 times the focal lengths"));
}

TEST_F(WrongFocals, WithoutColorsAllStay) {
  Multiply(0.8);
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {128, 128, 128};
  Mend();
  EXPECT_NEAR(wall_.views[0].camera.fx, 0.8 * kFocal_px, 1e-9);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(WrongFocals, PointsOfAnotherPlaceChangeNone) {
  for (Vec3<double>& p : wall_.points.positions) p.x += 1;
  Mend();
  EXPECT_EQ(wall_.views[0].camera.fx, kFocal_px);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(WrongFocals, ASetIsTrainedOnWithTheRightOnes) {
  Multiply(0.75);
  SceneDescription scene;
  scene.source = "the source";
  scene.photos = wall_.photos;
  scene.points = wall_.points;
  SerialExecutor executor;
  const Dataset dataset =
      BuildDataset(scene, {}, executor, [this](LogLevel, const std::string& line) { log_.push_back(line); });
  EXPECT_NEAR(dataset.views[3].camera.fx, kFocal_px, 0.015 * kFocal_px);
  EXPECT_THAT(dataset.points.positions, SizeIs(wall_.points.positions.size()));
  EXPECT_THAT(log_, Contains(HasSubstr("times the focal lengths")));
}

}  // namespace
}  // namespace splat::data
