#include "data/poses/colmap_cameras.h"

#include <gtest/gtest.h>

namespace splat::data {
namespace {

PosedPhoto Photo(const Intrinsics& intrinsics) {
  PosedPhoto photo;
  photo.intrinsics = intrinsics;
  return photo;
}

TEST(SharedCameras, AreThoseThatDifferInAnything) {
  const Intrinsics first = {CameraModel::kPinhole, 640, 480, {500, 501, 320, 240}};
  Intrinsics wider = first, higher = first, longer = first, other = first;
  wider.width = 641;
  higher.height = 481;
  longer.params[1] = 501.00000000000006;  // the next double
  other = {CameraModel::kOpenCv, 640, 480, {500, 501, 320, 240, 0, 0, 0, 0}};
  const ColmapCameras shared = SharedCameras({Photo(first), Photo(wider), Photo(first), Photo(higher), Photo(longer),
                                              Photo(other), Photo(wider), Photo(first)});
  EXPECT_EQ(shared.of_photo, (std::vector<size_t>{0, 1, 0, 2, 3, 4, 1, 0}));
  ASSERT_EQ(shared.cameras.size(), 5u);
  EXPECT_EQ(shared.cameras[1].width, 641);
  EXPECT_EQ(shared.cameras[3].params[1], longer.params[1]);
  EXPECT_EQ(shared.cameras[4].model, CameraModel::kOpenCv);
}

TEST(SharedCameras, AreComparedAsColmapHasThem) {
  const Intrinsics brown = {CameraModel::kBrown, 640, 480, {500, 500, 320, 240, 0.1, 0.02, 0.003, 0, 1e-3, 2e-3, 0}};
  const Intrinsics same = {
      CameraModel::kFullOpenCv, 640, 480, {500, 500, 320, 240, 0.1, 0.02, 1e-3, 2e-3, 0.003, 0, 0, 0}};
  const ColmapCameras shared = SharedCameras({Photo(brown), Photo(same)});
  EXPECT_EQ(shared.of_photo, (std::vector<size_t>{0, 0}));
  ASSERT_EQ(shared.cameras.size(), 1u);
  EXPECT_EQ(shared.cameras[0].model, CameraModel::kFullOpenCv);
}

}  // namespace
}  // namespace splat::data
