// The cameras of an orbit are level where the scene is upright, and those of a source come into the scene's frame.
#include "apps/render/render_cameras.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quaternion.h"
#include "data/poses/pose_files.h"
#include "rasterizer/torch/scene_model.h"
#include "scene/orbit.h"
#include "scene/splat_cloud.h"
#include "tests/support/ball_photos.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"
#include "tests/support/turned_transforms.h"

namespace splat::apps {
namespace {

const Vec3<double> kDown = {0, 1, 0};  // of upright scenes

// The image's downward axis in the frame of the scene.
Vec3<double> DownOf(const NamedCamera& named) {
  return Row(named.camera.camera_from_world.rotation, 1);
}

TEST(OrbitCameras, AreLevelInTheUprightFrame) {
  const SplatModel model = ModelOf(testing::RandomCloud(50, 0));
  Similarity3 upright_from_scene;
  upright_from_scene.scale = 3;
  upright_from_scene.rotation = RotationMatrix(Quaternion<double>{0.8, 0.6, 0, 0});  // about x by 74 degrees
  upright_from_scene.translation = {1, -2, 5};
  const auto tilted = OrbitCameras(model, {}, 5, 64), level = OrbitCameras(model, {}, 5, 64, upright_from_scene);
  const HostModel host(model);
  const Sphere sphere = SphereAroundMost(SplatSelection(host.View()));
  ASSERT_EQ(level.size(), 5u);
  for (size_t i = 0; i < level.size(); ++i) {
    const double steepness = Dot(DownOf(tilted[i]), kDown);
    EXPECT_NEAR(Dot(upright_from_scene.rotation * DownOf(level[i]), kDown), steepness, 1e-9);
    EXPECT_GT(steepness, 0.5);
    const double distance = Norm(CameraCenterInWorld(tilted[i].camera) - sphere.center);
    EXPECT_NEAR(Norm(CameraCenterInWorld(level[i].camera) - sphere.center), distance, 1e-6 * distance);
  }
}

TEST(OrbitCameras, StandBelowTheSky) {
  for (const NamedCamera& named : OrbitCameras(ModelOf(testing::CloudUnderSky()), {}, 5, 64)) {
    EXPECT_LT(Norm(CameraCenterInWorld(named.camera)), 140);
  }
}

// In a room: all around it are walls, and the photos were taken within.
TEST(OrbitCameras, StandWhereThePhotosWereTaken) {
  const SplatModel model = ModelOf(testing::RandomCloud(500, 0));
  Similarity3 upright_from_scene;
  upright_from_scene.scale = 2;
  upright_from_scene.rotation = RotationMatrix(Quaternion<double>{0.8, 0.6, 0, 0});
  const Orbit taken = {{0.1, 0.2, -0.1}, 0.5, 0.2};
  const auto photos = InSceneFrame(OrbitCameras(taken, 12, 64), upright_from_scene);
  const auto views = OrbitCameras(model, photos, 6, 64, upright_from_scene);
  ASSERT_EQ(views.size(), 6u);
  for (size_t i = 0; i < views.size(); ++i) {
    const Vec3<double> place = upright_from_scene * CameraCenterInWorld(views[i].camera) - taken.center;
    EXPECT_NEAR(std::hypot(place.x, place.z), 0.5, 1e-6);
    EXPECT_NEAR(place.y, -0.2, 1e-6);
  }
}

TEST(InSceneFrame, KeepsWhatACameraSees) {
  NamedCamera named;
  named.camera.camera_from_world = {RotationMatrix(Quaternion<double>{0.6, 0, 0.8, 0}), {1, 2, 3}};
  Similarity3 source_from_scene;
  source_from_scene.scale = 0.25;
  source_from_scene.rotation = RotationMatrix(Quaternion<double>{0.8, 0, 0, 0.6});
  source_from_scene.translation = {-4, 5, 6};
  const Vec3<double> in_scene = {0.3, -0.7, 2};
  const Vec3<double> before = named.camera.camera_from_world * (source_from_scene * in_scene);
  const Vec3<double> after = InSceneFrame({named}, source_from_scene)[0].camera.camera_from_world * in_scene;
  EXPECT_NEAR(after.x / after.z, before.x / before.z, 1e-12);
  EXPECT_NEAR(after.y / after.z, before.y / before.z, 1e-12);
  EXPECT_NEAR(after.z, before.z / source_from_scene.scale, 1e-12);
}

TEST(ReadCameras, TurnsAxesAsATrainingDoes) {
  const testing::TempDir folder;
  testing::WriteBallPhotos(folder / "balls");
  const data::SceneDescription meant = testing::WriteTurnedTransforms(folder / "balls");
  const CameraSet set = ReadCameras(folder / "balls/transforms.json");
  EXPECT_THAT(set.warnings, ::testing::Contains(::testing::HasSubstr("all cameras were turned")));
  ASSERT_EQ(set.cameras.size(), meant.photos.size());
  const Vec3<double> point = {0.3, 0.2, 0.1};
  for (size_t i = 0; i < set.cameras.size(); ++i) {
    const Vec3<double> error =
        set.cameras[i].camera.camera_from_world * point - meant.photos[i].camera_from_world * point;
    EXPECT_NEAR(Norm(error), 0, 1e-9);
  }
}

TEST(ReadCameras, APartOfAPhotoThatLeavesNoImageIsLeftOutByName) {
  const testing::TempDir folder;
  testing::WriteBytes(folder / "cameras.txt",
                      "1 PINHOLE 640 480 600 600 320 240\n2 SIMPLE_RADIAL 640 480 600 3200 240 0.001\n");
  testing::WriteBytes(folder / "images.txt", "1 1 0 0 0 0 0 0 1 whole.png\n\n2 1 0 0 0 1 0 0 2 part.png\n\n");
  testing::WriteBytes(folder / "points3D.txt", "1 0 0 5 1 2 3 0.5 1 0\n");
  const CameraSet set = ReadCameras(folder.path());
  ASSERT_EQ(set.cameras.size(), 1u);
  EXPECT_EQ(set.cameras[0].name, "whole.png");
  EXPECT_THAT(set.warnings, ::testing::Contains(::testing::AllOf(::testing::HasSubstr("leaves no image to undistort"),
                                                                 ::testing::EndsWith("left out: part.png"))));
}

TEST(ReadCameras, NamesAllKindsOfPosesWhereThereAreNone) {
  const testing::TempDir folder;
  EXPECT_THAT(testing::ErrorMessageOf([&] { ReadCameras(folder.path()); }),
              ::testing::AllOf(::testing::HasSubstr(folder.path() + ": holds no poses"),
                               ::testing::HasSubstr(data::kKindsOfPoses)));
}

}  // namespace
}  // namespace splat::apps
