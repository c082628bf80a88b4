#include "data/dataset/scene_alignment.h"
#include "core/camera.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/quaternion.h"
#include "core/random.h"

namespace splat::data {
namespace {

constexpr double kTolerance = 1e-9;  // double arithmetic on scenes of size 10

void ExpectNear(const Vec3<double>& a, const Vec3<double>& b, double tolerance = kTolerance) {
  EXPECT_NEAR(a.x, b.x, tolerance);
  EXPECT_NEAR(a.y, b.y, tolerance);
  EXPECT_NEAR(a.z, b.z, tolerance);
}

// A camera at `center` that looks at `target` with `up` above.
Rigid3 LookAt(const Vec3<double>& center, const Vec3<double>& target, const Vec3<double>& up) {
  const Vec3<double> z = Normalized(target - center), x = Normalized(Cross(z, up)), y = Cross(z, x);
  const Mat3<double> rotation = {{{x.x, x.y, x.z}, {y.x, y.y, y.z}, {z.x, z.y, z.z}}};
  return {rotation, -(rotation * center)};
}

// A ring of cameras around `target`, `height` above it along `up`, all at the same distance.
std::vector<AlignedView> Orbit(const Vec3<double>& target, const Vec3<double>& up, double radius, double height) {
  const Vec3<double> side = Normalized(Cross(up, Vec3<double>{0.3, -0.2, 0.9})), front = Cross(up, side);
  std::vector<AlignedView> views;
  for (int i = 0; i < 12; ++i) {
    const double angle = i * 6.283185307179586 / 12;
    const Vec3<double> center = target + radius * (std::cos(angle) * side + std::sin(angle) * front) + height * up;
    views.push_back({LookAt(center, target, up)});
  }
  return views;
}

const Vec3<double> kUp = Normalized(Vec3<double>{0.2, 0.5, -0.8});
const Vec3<double> kTarget = {5, -7, 3};

TEST(AlignSceneTest, OrbitIsCentredUprightAndOfDistanceFour) {
  const Similarity3 scene_from_source = AlignScene(Orbit(kTarget, kUp, 6, 2));
  ExpectNear(scene_from_source * kTarget, {0, 0, 0});
  ExpectNear(scene_from_source.rotation * kUp, {0, -1, 0});
  EXPECT_NEAR(scene_from_source.scale, 4 / std::hypot(6.0, 2.0), kTolerance);
  EXPECT_NEAR(Determinant(scene_from_source.rotation), 1, kTolerance);
}

TEST(AlignSceneTest, UpThatPointsTheOppositeWayIsTurnedByHalfATurn) {
  for (const Vec3<double>& up : {Vec3<double>{0, 1, 0}, Vec3<double>{0, -1, 0}, Vec3<double>{1, 0, 0}}) {
    const Similarity3 scene_from_source = AlignScene(Orbit(kTarget, up, 6, 2));
    ExpectNear(scene_from_source.rotation * up, {0, -1, 0});
    EXPECT_NEAR(Determinant(scene_from_source.rotation), 1, kTolerance);
  }
}

TEST(AlignSceneTest, PixelsAndRelativeDistancesAreUnchanged) {
  Random random(3);
  const std::vector<AlignedView> views = Orbit(kTarget, kUp, 6, 2);
  const Similarity3 scene_from_source = AlignScene(views);
  const Similarity3 source_from_scene = Inverse(scene_from_source);
  for (const AlignedView& view : views) {
    const Rigid3 aligned = AlignPose(view.camera_from_world, scene_from_source);
    ExpectNear(source_from_scene * CameraCenterInWorld(aligned), CameraCenterInWorld(view.camera_from_world));
    for (int i = 0; i < 20; ++i) {
      const Vec3<double> point =
          kTarget + Vec3<double>{random.Uniform(-1, 1), random.Uniform(-1, 1), random.Uniform(-1, 1)};
      const Vec3<double> before = view.camera_from_world * point, after = aligned * (scene_from_source * point);
      ExpectNear(scene_from_source.scale * before, after);  // the same pixel, and depth in the scene's unit
    }
  }
}

TEST(AlignSceneTest, PhotosTurnedByExifAreUprightAsDisplayed) {
  // The camera body is turned about its axis, and the orientation says how the image is to be displayed.
  const double half_pi = 1.5707963267948966;
  const struct {
    int orientation;
    double turns;  // quarter turns of the camera about z (x towards y) that undo the display's rotation
  } cases[] = {{1, 0}, {6, 1}, {3, 2}, {8, 3}};
  for (const auto& c : cases) {
    const double angle = -c.turns * half_pi;
    const Mat3<double> turned_from_upright = {
        {{std::cos(angle), -std::sin(angle), 0}, {std::sin(angle), std::cos(angle), 0}, {0, 0, 1}}};
    std::vector<AlignedView> views = Orbit(kTarget, kUp, 6, 2);
    for (AlignedView& view : views) {
      view.camera_from_world = Compose({turned_from_upright, {0, 0, 0}}, view.camera_from_world);
      view.up_in_camera = UpInCamera(c.orientation);
    }
    ExpectNear(AlignScene(views).rotation * kUp, {0, -1, 0});
  }
}

TEST(UpInCameraTest, IsWhereTheDisplayedUpperEdgeLiesInTheStoredImage) {
  ExpectNear(UpInCamera(1), {0, -1, 0});
  ExpectNear(UpInCamera(2), {0, -1, 0});
  ExpectNear(UpInCamera(3), {0, 1, 0});
  ExpectNear(UpInCamera(4), {0, 1, 0});
  ExpectNear(UpInCamera(5), {-1, 0, 0});
  ExpectNear(UpInCamera(6), {-1, 0, 0});
  ExpectNear(UpInCamera(7), {1, 0, 0});
  ExpectNear(UpInCamera(8), {1, 0, 0});
}

TEST(AlignSceneTest, CamerasThatLookOutwardsAreCentredOnTheirMean) {
  std::vector<AlignedView> views = Orbit(kTarget, kUp, 6, 0);
  for (AlignedView& view : views) {
    const Vec3<double> center = CameraCenterInWorld(view.camera_from_world);
    view.camera_from_world = LookAt(center, center + (center - kTarget) + 0.3 * kUp, kUp);
  }
  ExpectNear(AlignScene(views) * kTarget, {0, 0, 0});  // the mean of a full ring
}

TEST(AlignSceneTest, ParallelAxesAreCentredOnTheCameras) {
  std::vector<AlignedView> views;
  for (int i = 0; i < 5; ++i) views.push_back({LookAt({double(i), 0, 0}, {double(i), 0, 100}, {0, -1, 0})});
  const Similarity3 scene_from_source = AlignScene(views);
  ExpectNear(scene_from_source * Vec3<double>{2, 0, 0}, {0, 0, 0});
  EXPECT_NEAR(scene_from_source.scale, 4, kTolerance);  // the median distance from the mean is 1
}

TEST(AlignSceneTest, DegenerateSetsStayFinite) {
  const Rigid3 pose = LookAt({1, 2, 3}, {0, 0, 0}, {0, -1, 0});
  for (size_t count : {1, 2, 7}) {
    const Similarity3 scene_from_source = AlignScene(std::vector<AlignedView>(count, AlignedView{pose}));
    EXPECT_EQ(scene_from_source.scale, 1);
    ExpectNear(scene_from_source * CameraCenterInWorld(pose), {0, 0, 0});
  }
  // Ups that cancel: two cameras, one upside down.
  const Similarity3 cancelled =
      AlignScene({{LookAt({0, 0, -3}, {0, 0, 0}, {0, -1, 0})}, {LookAt({0, 0, -3}, {0.5, 0, 0}, {0, 1, 0})}});
  EXPECT_NEAR(Determinant(cancelled.rotation), 1, kTolerance);
  EXPECT_TRUE(std::isfinite(cancelled.scale));
}

TEST(AlignSceneTest, FarAwayCoordinatesLoseNoPrecision) {
  const Vec3<double> far = {4e6, -3e5, 1e3};  // projected map coordinates in metres
  const Similarity3 scene_from_source = AlignScene(Orbit(far, kUp, 6, 2));
  ExpectNear(scene_from_source * far, {0, 0, 0}, 1e-6);
  EXPECT_NEAR(scene_from_source.scale, 4 / std::hypot(6.0, 2.0), 1e-6);
}

// The aligned frame is the same for any unit and origin of the source, to what doubles hold at so large coordinates.
TEST(AlignSceneTest, UnitAndOriginOfTheSourceDoNotMatter) {
  const std::vector<AlignedView> views = Orbit(kTarget, kUp, 6, 2);
  const Similarity3 plain = AlignScene(views);
  for (const double unit : {1e-4, 1.0, 1e4}) {
    for (const Vec3<double>& shift : {Vec3<double>{0, 0, 0}, {1e7, 0, 0}, {0, 1e7, 0}, {0, 0, -1e7}}) {
      std::vector<AlignedView> moved = views;
      for (AlignedView& view : moved) {
        Rigid3& pose = view.camera_from_world;
        pose.translation = unit * pose.translation - pose.rotation * shift;
      }
      const Similarity3 scene_from_source = AlignScene(moved);
      const double tolerance = 1e-9 + 4e-8 * Norm(shift) / 1e7 / unit;  // in units of which the distance is 4
      EXPECT_NEAR(scene_from_source.scale * unit / plain.scale, 1, tolerance) << unit;
      for (size_t i = 0; i < views.size(); ++i) {
        const Rigid3 expected = AlignPose(views[i].camera_from_world, plain);
        ExpectNear(CameraCenterInWorld(AlignPose(moved[i].camera_from_world, scene_from_source)),
                   CameraCenterInWorld(expected), tolerance);
      }
    }
  }
}

TEST(AlignSceneTest, CamerasInOnePlaceAreAsFarFromThePointsAsOthersFromWhatTheyLookAt) {
  std::vector<AlignedView> views;
  std::vector<Vec3<double>> points;
  for (int i = 0; i < 8; ++i) {
    points.push_back(kTarget + Vec3<double>{3e-5 * std::cos(0.7 * i), 0, 3e-5 * std::sin(0.7 * i)});
    views.push_back({LookAt(kTarget, points.back(), {0, -1, 0})});
  }
  EXPECT_NEAR(AlignScene(views, points).scale, 4 / 3e-5, 1e-3 / 3e-5);
  EXPECT_EQ(AlignScene(views).scale, 1);
}

TEST(CameraExtentTest, IsElevenTenthsOfTheLargestDistanceFromTheMean) {
  EXPECT_NEAR(CameraExtent({{0, 0, 0}, {2, 0, 0}, {1, 0, 0}}), 1.1, kTolerance);
  EXPECT_EQ(CameraExtent({{3, 3, 3}, {3, 3, 3}}), 1);
  EXPECT_EQ(CameraExtent({}), 1);
}

}  // namespace
}  // namespace splat::data
