#include "core/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/quaternion.h"
#include "tests/support/error_message.h"

namespace splat {
namespace {

constexpr double kRounding = 1e-13;  // of a few operations in double on numbers up to a hundred

Camera MakeCamera() {
  return {64, 48, 50, 55, 30, 25, {RotationMatrix(Quaternion<double>{0.9, 0.1, -0.4, 0.3}), {1, -2, 4}}};
}

Vec2<double> Seen(const Camera& camera, const Vec3<double>& x_in_world) {
  const Vec3<double> p = camera.camera_from_world * x_in_world;
  return {camera.fx * p.x / p.z + camera.cx, camera.fy * p.y / p.z + camera.cy};
}

TEST(Camera, CenterIsTheOriginOfTheCameraFrame) {
  const Camera camera = MakeCamera();
  const Vec3<double> origin = camera.camera_from_world * CameraCenterInWorld(camera);
  EXPECT_NEAR(Norm(origin), 0, kRounding);
}

TEST(Camera, ResizingScalesWhatIsSeenPerAxis) {
  const Camera camera = MakeCamera();
  const Camera resized = ResizedCamera(camera, 32, 12);
  EXPECT_EQ(resized.width, 32);
  EXPECT_EQ(resized.height, 12);
  const Vec3<double> point = {0.3, 0.2, 1};
  EXPECT_NEAR(Seen(resized, point).x, Seen(camera, point).x / 2, kRounding);
  EXPECT_NEAR(Seen(resized, point).y, Seen(camera, point).y / 4, kRounding);
}

TEST(Camera, ResizingToItsOwnSizeChangesNothing) {
  const Camera camera = MakeCamera();
  const Camera same = ResizedCamera(camera, camera.width, camera.height);
  EXPECT_EQ(same.fx, camera.fx);
  EXPECT_EQ(same.fy, camera.fy);
  EXPECT_EQ(same.cx, camera.cx);
  EXPECT_EQ(same.cy, camera.cy);
}

TEST(CheckCamera, TakesAGoodOneAndNamesWhatIsWrongWithOthers) {
  EXPECT_EQ(testing::ErrorMessageOf([] { CheckCamera(MakeCamera()); }), "");
  const auto message_of = [](const std::function<void(Camera&)>& spoil) {
    Camera camera = MakeCamera();
    spoil(camera);
    return testing::ErrorMessageOf([&] { CheckCamera(camera); });
  };
  EXPECT_THAT(message_of([](Camera& c) { c.width = 0; }), ::testing::HasSubstr("size 0 x 48"));
  EXPECT_THAT(message_of([](Camera& c) { c.height = 1 << 20; }), ::testing::HasSubstr("expected 1 to 65536"));
  EXPECT_THAT(message_of([](Camera& c) { c.fx = 0; }), ::testing::HasSubstr("focal lengths 0"));
  EXPECT_THAT(message_of([](Camera& c) { c.fy = std::nan(""); }), ::testing::HasSubstr("focal lengths"));
  EXPECT_THAT(message_of([](Camera& c) { c.cx = std::nan(""); }), ::testing::HasSubstr("not finite"));
  EXPECT_THAT(message_of([](Camera& c) { c.camera_from_world.rotation(1, 2) = HUGE_VAL; }),
              ::testing::HasSubstr("not finite"));
}

}  // namespace
}  // namespace splat
