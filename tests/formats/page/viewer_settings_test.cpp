#include "formats/page/viewer_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/constants.h"
#include "tests/support/error_message.h"
#include "tests/support/splat_clouds.h"

namespace splat::formats {
namespace {

using ::splat::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

// 100 visible splats around the origin.
SplatCloud Ball() {
  SplatCloud cloud = ::splat::testing::RandomCloud(100, 0);
  for (float& value : cloud.means) value *= 0.1f;
  std::fill(cloud.opacity_logits.begin(), cloud.opacity_logits.end(), 3.0f);
  return cloud;
}

// Level, 4 units from the origin, which it looks at; at `angle` about the vertical axis.
Camera CameraAt(double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  Camera camera = {640, 480, 500, 500, 320, 240, {}};
  camera.camera_from_world = {{{{c, 0, -s}, {0, 1, 0}, {s, 0, c}}}, {0, 0, 4}};
  return camera;
}

std::vector<Camera> Ring(int count) {
  std::vector<Camera> cameras;
  for (int i = 0; i < count; ++i) cameras.push_back(CameraAt(2 * kPi * i / count));
  return cameras;
}

double LongestStep(const ViewerSettings& settings) {
  double longest = 0;
  for (size_t i = 1; i < settings.path.size(); ++i) {
    longest = std::max(longest, Norm(settings.path[i].position - settings.path[i - 1].position));
  }
  return longest;
}

void ExpectNear(const Vec3<double>& a, const Vec3<double>& b, double tolerance) {
  EXPECT_LT(Norm(a - b), tolerance) << a.x << " " << a.y << " " << a.z;
}

TEST(SettingsFromCameras, OpensAtTheFirstCameraAndLooksAtWhatItSees) {
  const SplatCloud cloud = Ball();
  const ViewerSettings settings = SettingsFromCameras(Ring(1), AllOf(cloud));
  ExpectNear(settings.start.position, {0, 0, -4}, 1e-9);
  ExpectNear(settings.start.target, {0, 0, 0}, 0.2);
  EXPECT_NEAR(settings.start.fov_deg, 2 * std::atan(0.64) * kDegreesPerRadian, 1e-9);
  EXPECT_TRUE(settings.path.empty());
  EXPECT_EQ(Json::parse(SuperSplatSettings(settings, {}))["startMode"], "default");
}

// A page has a usual unit whatever the scene's is, and shows the same.
TEST(SettingsFromCameras, TheUnitOfTheSceneDoesNotMatter) {
  const SplatCloud cloud = Ball();
  const ViewerSettings plain = SettingsFromCameras(Ring(24), AllOf(cloud));
  EXPECT_EQ(PageUnit(plain), 1);
  for (const double unit : {1e-4, 1e6}) {
    SplatCloud scaled = cloud;
    for (float& value : scaled.means) value *= float(unit);
    std::vector<Camera> cameras = Ring(24);
    for (Camera& camera : cameras) {
      camera.camera_from_world.translation = unit * camera.camera_from_world.translation;
    }
    const ViewerSettings settings = SettingsFromCameras(cameras, AllOf(scaled));
    EXPECT_NEAR(PageUnit(settings) / unit, 1, 1e-12);
    const ViewerSettings page = InPageFrame(settings, {1 / PageUnit(settings)});
    EXPECT_EQ(page.closed, plain.closed);
    ASSERT_EQ(page.path.size(), plain.path.size());
    for (size_t i = 0; i < plain.path.size(); ++i) {
      ExpectNear(page.path[i].position, plain.path[i].position, 1e-6);
      ExpectNear(page.path[i].target, plain.path[i].target, 1e-6);
    }
    EXPECT_NEAR(Json::parse(SuperSplatSettings(page, {}))["sceneFromPage"][1][1].get<double>() / unit, 1, 1e-12);
  }
}

TEST(SettingsFromCameras, TheAngleOfViewIsThatOfTheLongerSide) {
  const SplatCloud cloud = Ball();
  Camera portrait = CameraAt(0);
  std::swap(portrait.width, portrait.height);
  EXPECT_NEAR(SettingsFromCameras({portrait}, AllOf(cloud)).start.fov_deg, 2 * std::atan(0.64) * kDegreesPerRadian,
              1e-9);
}

TEST(SettingsFromCameras, WhatFewSplatsLieInFrontOfStillHasATarget) {
  const SplatCloud cloud = Ball();
  Camera away = CameraAt(0);
  away.camera_from_world.translation = {0, 0, -4};  // looks away from the splats
  const ViewerCamera start = SettingsFromCameras({away}, AllOf(cloud)).start;
  ExpectNear(start.target, {0, 0, 8}, 0.2);
  const SplatCloud none;
  ExpectNear(SettingsFromCameras(Ring(1), AllOf(none)).start.target, {0, 0, 0}, 1e-9);
}

TEST(SettingsFromCameras, ARingInOrderIsFlownAsItIsAndCloses) {
  const SplatCloud cloud = Ball();
  const ViewerSettings settings = SettingsFromCameras(Ring(24), AllOf(cloud));
  ASSERT_EQ(settings.path.size(), 24u);
  EXPECT_TRUE(settings.closed);
  EXPECT_EQ(settings.duration_s, 24);
  for (size_t i = 0; i < 24; ++i) {
    ExpectNear(settings.path[i].position, CameraCenterInWorld(CameraAt(2 * kPi * double(i) / 24)), 1e-9);
    EXPECT_NEAR(settings.times_s[i], double(i), 0.2);
  }
  EXPECT_EQ(settings.times_s[0], 0);
  EXPECT_LT(settings.times_s.back(), settings.duration_s);
}

TEST(SettingsFromCameras, AWalkGoesBackTheWayItCame) {
  const SplatCloud cloud = Ball();
  std::vector<Camera> cameras(8, CameraAt(0));
  for (size_t i = 0; i < 8; ++i) cameras[i].camera_from_world.translation.x = -double(i);
  const ViewerSettings settings = SettingsFromCameras(cameras, AllOf(cloud));
  EXPECT_FALSE(settings.closed);
  EXPECT_EQ(settings.duration_s, 10);  // the shortest there is
  EXPECT_NEAR(settings.times_s.back(), 10, 1e-9);
  EXPECT_TRUE(std::is_sorted(settings.times_s.begin(), settings.times_s.end()));
}

TEST(SettingsFromCameras, PhotosInNoOrderArePutOnAShortWay) {
  const SplatCloud cloud = Ball();
  std::vector<Camera> shuffled;
  for (int i = 0; i < 24; ++i) shuffled.push_back(CameraAt(2 * kPi * (i * 7 % 24) / 24));
  const ViewerSettings settings = SettingsFromCameras(shuffled, AllOf(cloud));
  ExpectNear(settings.path.front().position, settings.start.position, 1e-9);
  EXPECT_EQ(settings.path.size(), 24u);
  EXPECT_LT(LongestStep(settings), 8 * std::sin(kPi / 24) * 1.5);
}

TEST(SettingsFromCameras, ManyCamerasAreThinnedOutEvenly) {
  const SplatCloud cloud = Ball();
  const ViewerSettings settings = SettingsFromCameras(Ring(1000), AllOf(cloud));
  EXPECT_EQ(settings.path.size(), 60u);
  EXPECT_EQ(settings.duration_s, 60);
  EXPECT_TRUE(settings.closed);
  EXPECT_LT(LongestStep(settings), 8 * std::sin(kPi / 60) * 1.2);
}

TEST(SettingsFromCameras, CamerasInOnePlaceAreNoPath) {
  const SplatCloud cloud = Ball();
  EXPECT_TRUE(SettingsFromCameras(std::vector<Camera>(5, CameraAt(1)), AllOf(cloud)).path.empty());
  EXPECT_THAT(::splat::testing::ErrorMessageOf([&] { SettingsFromCameras({}, AllOf(cloud)); }),
              HasSubstr("at least one camera"));
}

TEST(SettingsFromSplats, LooksDownAtTheMiddleUpright) {
  SplatCloud cloud = Ball();
  for (size_t i = 0; i < cloud.means.size(); i += 3) cloud.means[i] += 10;
  cloud.means[0] = 1e6f;  // a stray
  const ViewerCamera start = SettingsFromSplats(AllOf(cloud)).start;
  ExpectNear(start.target, {10, 0, 0}, 0.2);
  EXPECT_LT(start.position.y, start.target.y);  // above
  EXPECT_LT(start.position.z, start.target.z);
  EXPECT_NEAR(start.position.x, start.target.x, 1e-9);
  EXPECT_LT(Norm(start.position - start.target), 3);
  const SplatCloud none;
  EXPECT_GT(Norm(SettingsFromSplats(AllOf(none)).start.position), 0);
}

TEST(SettingsFromSplats, OpensBeforeTheSky) {
  const SplatCloud cloud = ::splat::testing::CloudUnderSky();
  const ViewerCamera start = SettingsFromSplats(AllOf(cloud)).start;
  EXPECT_LT(Norm(start.target), 10);
  EXPECT_LT(Norm(start.position), 140) << "not outside of the sky";
}

TEST(SuperSplatSettings, TurnsThePosesAboutZ) {
  ViewerSettings settings;
  settings.start = {{1, 2, 3}, {-4, 0, 6}, 50};
  settings.path = {settings.start, {{7, 8, 9}, {0.5, 0, 0}, 40}};
  settings.times_s = {0, 5};
  settings.duration_s = 10;
  const Json json = Json::parse(SuperSplatSettings(settings, Rgb{1, 0.5, 0}));
  EXPECT_EQ(json["version"], 2);
  EXPECT_EQ(json["tonemapping"], "none");
  EXPECT_EQ(json["background"]["color"], Json({1, 0.5, 0}));
  EXPECT_EQ(json["startMode"], "animTrack");
  const Json& initial = json["cameras"][0]["initial"];
  EXPECT_EQ(initial["position"], Json({-1, -2, 3}));
  EXPECT_EQ(initial["target"], Json({4, 0, 6}));
  EXPECT_EQ(initial["fov"], 50);
  const Json& track = json["animTracks"][0];
  EXPECT_EQ(track["duration"], 10);
  EXPECT_EQ(track["loopMode"], "pingpong");
  EXPECT_EQ(track["keyframes"]["times"], Json({0, 5}));
  EXPECT_EQ(track["keyframes"]["values"]["position"], Json({-1, -2, 3, -7, -8, 9}));
  EXPECT_EQ(track["keyframes"]["values"]["target"], Json({4, 0, 6, -0.5, 0, 0}));
  EXPECT_EQ(track["keyframes"]["values"]["fov"], Json({50, 40}));
  settings.closed = true;
  EXPECT_THAT(SuperSplatSettings(settings, {}), HasSubstr("\"repeat\""));
  EXPECT_EQ(Json::parse(SuperSplatSettings(settings, {}))["background"]["color"], Json({0, 0, 0}));
  EXPECT_THAT(SuperSplatSettings(settings, {}), Not(HasSubstr("<")));
}

}  // namespace
}  // namespace splat::formats
