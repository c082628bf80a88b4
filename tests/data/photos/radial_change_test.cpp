// A lens with another radial distortion: which number of which model changes, and what the lens shows then.
#include "data/photos/radial_change.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

// Without the models that get a coefficient.
std::vector<Intrinsics> PolynomialLenses() {
  return {{CameraModel::kSimpleRadial, 640, 480, {500, 322, 239, -0.1}},
          {CameraModel::kRadial, 640, 480, {500, 322, 239, -0.1, 0.03}},
          {CameraModel::kOpenCv, 640, 480, {500, 505, 322, 239, -0.1, 0.03, 0.002, -0.003}},
          {CameraModel::kFullOpenCv, 640, 480, {500, 505, 322, 239, 0.2, 0.03, 0.002, -0.003, 0.01, 0.3, 0.02, 0.004}},
          {CameraModel::kBrown, 640, 480, {500, 505, 322, 239, -0.1, 0.03, 0.01, 0.002, 0.002, -0.003, 0.004}}};
}

std::vector<Intrinsics> Lenses() {
  std::vector<Intrinsics> lenses = PolynomialLenses();
  lenses.push_back({CameraModel::kSimplePinhole, 640, 480, {500, 322, 239}});
  lenses.push_back({CameraModel::kPinhole, 640, 480, {500, 505, 322, 239}});
  return lenses;
}

TEST(WithRadialChange, AddsToTheFirstCoefficient) {
  for (const Intrinsics& lens : PolynomialLenses()) {
    SCOPED_TRACE(CameraModelName(lens.model));
    const Intrinsics changed = WithRadialChange(lens, 0.01);
    EXPECT_EQ(changed.model, lens.model);
    std::vector<double> expected = lens.params;
    expected[lens.params[1] > 400 ? 4 : 3] += 0.01;  // behind two focal lengths, or one
    EXPECT_EQ(changed.params, expected);
  }
}

TEST(WithRadialChange, GivesPinholeCamerasACoefficient) {
  const Intrinsics one = WithRadialChange({CameraModel::kSimplePinhole, 640, 480, {500, 322, 239}}, 0.01);
  EXPECT_EQ(one.model, CameraModel::kSimpleRadial);
  EXPECT_EQ(one.params, (std::vector<double>{500, 322, 239, 0.01}));
  const Intrinsics two = WithRadialChange({CameraModel::kPinhole, 640, 480, {500, 505, 322, 239}}, 0.01);
  EXPECT_EQ(two.model, CameraModel::kOpenCv);
  EXPECT_EQ(two.params, (std::vector<double>{500, 505, 322, 239, 0.01, 0, 0, 0}));
  EXPECT_EQ(two.width, 640);
  EXPECT_EQ(two.height, 480);
}

// The distance to what is asked for falls with the change and with the distortion that is there.
TEST(WithRadialChange, MovesWhatIsShownByTheChange) {
  constexpr double kChange = 1e-3;
  for (const Intrinsics& lens : Lenses()) {
    SCOPED_TRACE(CameraModelName(lens.model));
    const Lens before = MakeLens(lens), after = MakeLens(WithRadialChange(lens, kChange));
    for (const Vec3<double>& point : {Vec3<double>{0.4, -0.3, 1}, {-0.6, 0.45, 1}, {0.05, 0.2, 1}, {0, 0, 1}}) {
      const double factor = 1 + kChange * (point.x * point.x + point.y * point.y);
      const Vec2<double> expected = ProjectThrough(before, {factor * point.x, factor * point.y, 1});
      const Vec2<double> actual = ProjectThrough(after, point), unchanged = ProjectThrough(before, point);
      const double way = std::hypot(expected.x - unchanged.x, expected.y - unchanged.y);
      EXPECT_LE(std::hypot(actual.x - expected.x, actual.y - expected.y), 0.4 * way);
      if (!HasDistortion(lens)) {
        EXPECT_NEAR(actual.x, expected.x, 1e-9);
        EXPECT_NEAR(actual.y, expected.y, 1e-9);
      }
    }
  }
}

TEST(WithRadialChange, RefusesOtherLenses) {
  for (const CameraModel model : {CameraModel::kOpenCvFisheye, CameraModel::kSimpleRadialFisheye, CameraModel::kFov}) {
    Intrinsics intrinsics{model, 640, 480, {}};
    intrinsics.params.resize(size_t(CameraModelParamCount(model)), 1.0);
    EXPECT_THROW(WithRadialChange(intrinsics, 0.01), Error);
  }
  EXPECT_THROW(WithRadialChange({CameraModel::kPinhole, 640, 480, {500, 320, 240}}, 0.01), Error);
}

}  // namespace
}  // namespace splat::data
