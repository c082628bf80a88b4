#include "capture/lens.h"

#include <gtest/gtest.h>

#include "capture/capture.h"

namespace splat::capture {
namespace {

Lens SmallLens() {
  CaptureOptions options;
  options.width = 96;
  options.height = 72;
  options.photos = 5;
  return PlanCapture(options)[1].lens;
}

TEST(Distortion, UndistortInvertsDistort) {
  constexpr double kConverged = 1e-12;
  const Distortion distortion = {-0.12, 0.03, 0.002, -0.001};
  for (double y = -0.6; y <= 0.6; y += 0.1) {
    for (double x = -0.8; x <= 0.8; x += 0.1) {
      const Vec2<double> back = Undistort(distortion, Distort(distortion, {x, y}));
      EXPECT_NEAR(back.x, x, kConverged);
      EXPECT_NEAR(back.y, y, kConverged);
    }
  }
}

TEST(Distortion, IsRefusedOnlyWhereItFoldsOver) {
  const Camera camera = SmallLens().camera;
  EXPECT_TRUE(DistortionIsInvertible({}, camera));
  EXPECT_TRUE(DistortionIsInvertible({-0.1, 0.01, 0.001, 0.001}, camera));
  EXPECT_TRUE(DistortionIsInvertible({0.2, 0.1, 0, 0}, camera));
  EXPECT_FALSE(DistortionIsInvertible({-0.6, 0, 0, 0}, camera)) << "the corner lies beyond the largest radius";
}

TEST(RayThrough, MeetsThePixelItWasMadeFor) {
  constexpr double kConverged = 1e-9;  // px
  Lens lens = SmallLens();
  lens.distortion = {-0.1, 0.02, 0.001, 0.002};
  const Ray ray = RayThrough(lens, 70.25, 11.5);
  const Vec3<double> seen = lens.camera.camera_from_world * (ray.origin + 2.5 * ray.direction);
  EXPECT_NEAR(seen.z, 2.5, kConverged) << "t is the depth";
  const Vec2<double> distorted = Distort(lens.distortion, {seen.x / seen.z, seen.y / seen.z});
  EXPECT_NEAR(lens.camera.fx * distorted.x + lens.camera.cx, 70.25, kConverged);
  EXPECT_NEAR(lens.camera.fy * distorted.y + lens.camera.cy, 11.5, kConverged);
}

}  // namespace
}  // namespace splat::capture
