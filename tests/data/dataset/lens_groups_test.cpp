#include "data/dataset/lens_groups.h"

#include <gtest/gtest.h>

namespace splat::data {
namespace {

Intrinsics Calibrated(int width, int height, double focal_px) {
  return {CameraModel::kSimplePinhole, width, height, {focal_px, width / 2.0, height / 2.0}};
}

TEST(LensGroups, PhotosOfOneCalibrationShareANumber) {
  const std::vector<Intrinsics> photos(4, Calibrated(640, 480, 500));
  EXPECT_EQ(LensGroups(photos), (std::vector<int>{0, 0, 0, 0}));
  EXPECT_TRUE(LensGroups({}).empty());
}

TEST(LensGroups, AnotherSizeOrAnotherZoomIsAnotherLens) {
  EXPECT_EQ(LensGroups({Calibrated(640, 480, 500), Calibrated(480, 640, 500), Calibrated(640, 480, 900),
                        Calibrated(480, 640, 500), Calibrated(640, 480, 500)}),
            (std::vector<int>{0, 1, 2, 1, 0}));
}

TEST(LensGroups, PhotosCalibratedOneByOneStayTogether) {
  EXPECT_EQ(LensGroups({Calibrated(640, 480, 500), Calibrated(640, 480, 513), Calibrated(640, 480, 491)}),
            (std::vector<int>{0, 0, 0}));
}

TEST(LensCount, IsThatOfTheViews) {
  EXPECT_EQ(LensCount({}), 0u);
  std::vector<View> views(3);
  EXPECT_EQ(LensCount(views), 1u);
  views[1].lens = 2;
  EXPECT_EQ(LensCount(views), 3u);
}

}  // namespace
}  // namespace splat::data
