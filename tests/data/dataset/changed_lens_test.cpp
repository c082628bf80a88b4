// A view whose lens is given another distortion: places of the photo stay, and the image shows no place outside of it.
#include "data/dataset/changed_lens.h"

#include <gtest/gtest.h>

#include "data/dataset/view_image.h"
#include "data/photos/image_io.h"
#include "data/photos/lens.h"
#include "data/photos/undistort.h"
#include "tests/support/pinhole_view.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::PinholeView;

// Half the size of its photo, whose pixels are those of a gradient.
View HalfSizedView(const std::string& path) {
  View view = PinholeView(path, 160, 120);
  view.camera = ResizedCamera(view.camera, 80, 60);
  view.camera.camera_from_world.translation = {1, 2, 3};
  view.observations = {{0, 0.2, -0.1}, {1, -0.3, 0.25}};
  return view;
}

TEST(WithRadialChangeOfAView, KeepsThePlacesOfThePhoto) {
  for (const double change : {0.2, -0.2}) {
    const View before = HalfSizedView("photo.png"), after = WithRadialChange(before, change);
    EXPECT_EQ(after.intrinsics.params[4], change);
    EXPECT_EQ(after.camera.width, 80);
    EXPECT_EQ(after.camera.height, 60);
    EXPECT_EQ(after.camera.camera_from_world.translation.z, 3);
    const Camera expected = ResizedCamera(UndistortedCamera(after.intrinsics), 80, 60);
    EXPECT_EQ(after.camera.fx, expected.fx);
    EXPECT_EQ(after.camera.cy, expected.cy);
    const Lens lens_before = MakeLens(before.intrinsics), lens_after = MakeLens(after.intrinsics);
    for (size_t i = 0; i < before.observations.size(); ++i) {
      const Observation &a = before.observations[i], &b = after.observations[i];
      EXPECT_EQ(b.point, a.point);
      const Vec2<double> seen_a = Distort(lens_before, {a.x, a.y}), seen_b = Distort(lens_after, {b.x, b.y});
      EXPECT_NEAR(seen_b.x, seen_a.x, 1e-10);
      EXPECT_NEAR(seen_b.y, seen_a.y, 1e-10);
      EXPECT_NE(b.x, a.x);
    }
  }
}

// Pixels tell their place: each one is where the changed lens shows the ray of the changed camera.
TEST(WithRadialChangeOfAView, GivesTheImageOfTheChangedLens) {
  const splat::testing::TempDir dir;
  Image8 photo(160, 120, 3);
  for (int y = 0; y < 120; ++y) {
    for (int x = 0; x < 160; ++x) {
      photo.At(x, y)[0] = uint8_t(x + 40);
      photo.At(x, y)[1] = uint8_t(y + 60);
    }
  }
  WriteImage(dir / "photo.png", photo);
  for (const double change : {0.1, -0.1}) {
    const View view = WithRadialChange(HalfSizedView(dir / "photo.png"), change);
    const ViewImage image = LoadView(view, {0, 0, 0}, {});
    EXPECT_TRUE(image.weights.pixels.empty());
    const Lens lens = MakeLens(view.intrinsics);
    const Camera& c = view.camera;
    for (int y = 1; y < 59; ++y) {
      for (int x = 1; x < 79; ++x) {
        const Vec3<double> ray = {(x + 0.5 - c.cx) / c.fx, (y + 0.5 - c.cy) / c.fy, 1};
        const Vec2<double> place = ProjectThrough(lens, ray);
        ASSERT_TRUE(place.x > 0 && place.x < 160 && place.y > 0 && place.y < 120) << x << " " << y;
        ASSERT_NEAR(image.image.At(x, y)[0], place.x - 0.5 + 40, 1.5) << x << " " << y;
        ASSERT_NEAR(image.image.At(x, y)[1], place.y - 0.5 + 60, 1.5) << x << " " << y;
      }
    }
  }
}

TEST(WithRadialChanges, ChangesTheViewsOfEachLens) {
  Dataset dataset;
  dataset.views = {HalfSizedView("a.png"), HalfSizedView("b.png"), HalfSizedView("c.png")};
  dataset.views[1].lens = 1;
  dataset.views[2].intrinsics.model = CameraModel::kOpenCvFisheye;
  dataset.views[2].lens = 2;
  const Dataset changed = WithRadialChanges(dataset, {0.1, -0.2, 0});
  EXPECT_EQ(changed.views[0].intrinsics.params[4], 0.1);
  EXPECT_EQ(changed.views[1].intrinsics.params[4], -0.2);
  EXPECT_EQ(changed.views[2].intrinsics.params, dataset.views[2].intrinsics.params);
  EXPECT_EQ(WithRadialChanges(dataset, {}).views[0].intrinsics.params, dataset.views[0].intrinsics.params);
}

}  // namespace
}  // namespace splat::data
