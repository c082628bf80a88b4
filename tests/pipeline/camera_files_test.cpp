// Cameras come from files of poses as a training takes them, and into the scene's frame.
#include "pipeline/camera_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quaternion.h"
#include "data/poses/pose_files.h"
#include "tests/support/ball_photos.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"
#include "tests/support/turned_transforms.h"

namespace splat::pipeline {
namespace {

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
}  // namespace splat::pipeline
