#include "data/dataset/uncolored_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/textured_wall.h"

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

int Difference(const Vec3<uint8_t>& a, const Vec3<uint8_t>& b) {
  return std::max({std::abs(a.x - b.x), std::abs(a.y - b.y), std::abs(a.z - b.z)});
}

class UncoloredPoints : public ::testing::Test {
 protected:
  void Color() {
    SerialExecutor executor;
    log_.clear();
    ColorUncoloredPoints("the source", wall_.views, wall_.points, executor,
                         [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }
  // The share of the points whose colours are those that the wall has there.
  double Right() const {
    double right = 0;
    for (size_t i = 0; i < colors_.size(); ++i) right += Difference(wall_.points.colors[i], colors_[i]) < 25 ? 1 : 0;
    return right / double(colors_.size());
  }

  testing::TexturedWall wall_;
  const std::vector<Vec3<uint8_t>> colors_ = wall_.points.colors;
  std::vector<std::string> log_;
};

TEST_F(UncoloredPoints, ColorsStayWithoutAWord) {
  Color();
  EXPECT_EQ(Right(), 1);
  EXPECT_THAT(log_, IsEmpty());
  for (size_t i = 1; i < wall_.points.colors.size(); ++i) wall_.points.colors[i] = {0, 0, 0};
  Color();
  EXPECT_THAT(log_, IsEmpty()) << "one has a colour";
}

TEST_F(UncoloredPoints, BlackAndGreyOnesAndThoseWithoutAChannelGetTheColorsOfThePhotos) {
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {0, 0, 0};
  Color();
  EXPECT_GT(Right(), 0.95);
  EXPECT_THAT(log_, ElementsAre("the source: its points have no colours, they are all black; they are given those that "
                                "the photos show"));
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {128, 128, 128};
  Color();
  EXPECT_GT(Right(), 0.95);
  wall_.points.colors = colors_;
  for (Vec3<uint8_t>& color : wall_.points.colors) color.y = 0;
  Color();
  EXPECT_GT(Right(), 0.95);
  EXPECT_THAT(log_, ElementsAre("the source: its points have no colours; they are given those that the photos show"));
}

TEST_F(UncoloredPoints, ThoseThatNoPhotoShowsAreGrey) {
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {0, 0, 0};
  wall_.points.positions[7] = {0, 0, -5};
  Color();
  EXPECT_EQ(Difference(wall_.points.colors[7], kUncoloredPoint), 0);
}

TEST_F(UncoloredPoints, WhatIsBlackInPhotosOfOneColorBecomesGrey) {
  for (const View& view : wall_.views) WriteImage(view.path, Image8(view.camera.width, view.camera.height, 3));
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {0, 0, 0};
  Color();
  EXPECT_EQ(Difference(wall_.points.colors[3], kUncoloredPoint), 0);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("all black; they are taken as grey")));
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {9, 9, 9};
  Color();
  EXPECT_EQ(wall_.points.colors[3].x, 9);
  EXPECT_THAT(log_, IsEmpty());
}

}  // namespace
}  // namespace splat::data
