// A lens with another focal length that shows every photo as it was, in other directions.
#include "data/photos/focal_factor.h"

#include <gtest/gtest.h>

#include "core/check.h"
#include "data/photos/lens.h"
#include "data/photos/undistort.h"

namespace splat::data {
namespace {

// All parameters of a model are other than 0.
std::vector<Intrinsics> Lenses() {
  return {{CameraModel::kSimplePinhole, 640, 480, {500, 322, 239}},
          {CameraModel::kPinhole, 640, 480, {500, 505, 322, 239}},
          {CameraModel::kSimpleRadial, 640, 480, {500, 322, 239, -0.1}},
          {CameraModel::kRadial, 640, 480, {500, 322, 239, -0.1, 0.03}},
          {CameraModel::kOpenCv, 640, 480, {500, 505, 322, 239, -0.1, 0.03, 0.002, -0.003}},
          {CameraModel::kFullOpenCv, 640, 480, {500, 505, 322, 239, 0.2, 0.03, 0.002, -0.003, 0.01, 0.3, 0.02, 0.004}},
          {CameraModel::kBrown, 640, 480, {500, 505, 322, 239, -0.1, 0.03, 0.01, 0.002, 0.002, -0.003, 0.004}}};
}

TEST(WithFocalFactor, ShowsEachDirectionWhereTheDividedOneIsShown) {
  for (const Intrinsics& intrinsics : Lenses()) {
    for (const double factor : {0.95, 1.02}) {
      SCOPED_TRACE(CameraModelName(intrinsics.model));
      const Intrinsics changed = WithFocalFactor(intrinsics, factor);
      EXPECT_EQ(changed.params[0], factor * 500);
      const Lens before = MakeLens(intrinsics), after = MakeLens(changed);
      for (const Vec3<double>& point : {Vec3<double>{0.4, -0.3, 1}, {-0.6, 0.45, 1}, {0.05, 0.2, 1}, {0, 0, 1}}) {
        const Vec2<double> expected = ProjectThrough(before, point);
        const Vec2<double> actual = ProjectThrough(after, {point.x / factor, point.y / factor, 1});
        EXPECT_NEAR(actual.x, expected.x, 1e-9);
        EXPECT_NEAR(actual.y, expected.y, 1e-9);
      }
    }
  }
}

// The pinhole camera that photos are undistorted to gets the same factor: the photos that a training has undistorted
// are those of the changed lens.
TEST(WithFocalFactor, ChangesTheUndistortedCameraByTheSameFactor) {
  constexpr double kFactor = 1.02;
  for (const Intrinsics& intrinsics : Lenses()) {
    SCOPED_TRACE(CameraModelName(intrinsics.model));
    const Camera before = UndistortedCamera(intrinsics),
                 after = UndistortedCamera(WithFocalFactor(intrinsics, kFactor));
    EXPECT_NEAR(after.fx, kFactor * before.fx, 1e-6);
    EXPECT_NEAR(after.fy, kFactor * before.fy, 1e-6);
    EXPECT_NEAR(after.cx, before.cx, 1e-6);
    EXPECT_NEAR(after.cy, before.cy, 1e-6);
  }
}

TEST(WithFocalFactor, RefusesLensesOfAnAngle) {
  for (const CameraModel model : {CameraModel::kOpenCvFisheye, CameraModel::kSimpleRadialFisheye, CameraModel::kFov}) {
    Intrinsics intrinsics{model, 640, 480, {}};
    intrinsics.params.resize(size_t(CameraModelParamCount(model)), 1.0);
    EXPECT_FALSE(TakesFocalFactor(model));
    EXPECT_THROW(WithFocalFactor(intrinsics, 1.01), Error);
  }
  for (const Intrinsics& intrinsics : Lenses()) EXPECT_TRUE(TakesFocalFactor(intrinsics.model));
}

}  // namespace
}  // namespace splat::data
