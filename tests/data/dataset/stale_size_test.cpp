#include "data/dataset/stale_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Intrinsics Camera(int width, int height, double cx, double cy) {
  return {CameraModel::kPinhole, width, height, {300, 300, cx, cy}};
}

TEST(StaleSize, IsThatOfAnotherVersionOfThePhoto) {
  EXPECT_TRUE(HasStaleSize(Camera(640, 480, 160, 120), 320, 240));
  EXPECT_TRUE(HasStaleSize(Camera(640, 480, 163, 118), 320, 240)) << "principal points are only near the middle";
  EXPECT_TRUE(HasStaleSize(Camera(160, 120, 160, 120), 320, 240));
  EXPECT_THAT(StaleSizeText(Camera(640, 480, 160, 120), 320, 240),
              AllOf(HasSubstr("(160, 120)"), HasSubstr("320 x 240"), HasSubstr("640 x 480")));
}

TEST(StaleSize, ScaledPhotosAndPartsOfPhotosHaveTheirOwn) {
  EXPECT_FALSE(HasStaleSize(Camera(320, 240, 160, 120), 320, 240));
  EXPECT_FALSE(HasStaleSize(Camera(640, 480, 320, 240), 320, 240)) << "a photo that was scaled";
  EXPECT_FALSE(HasStaleSize(Camera(640, 480, 160, 240), 320, 240)) << "a part of a photo";
  EXPECT_FALSE(HasStaleSize(Camera(324, 242, 160, 120), 320, 240)) << "rounded";
}

}  // namespace
}  // namespace splat::data
