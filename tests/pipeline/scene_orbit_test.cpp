// The views of an orbit are level where the scene is upright, and stand where photos were taken or below the sky.
#include "pipeline/scene_orbit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/quaternion.h"
#include "pipeline/camera_files.h"
#include "rasterizer/torch/scene_model.h"
#include "scene/orbit.h"
#include "scene/splat_cloud.h"
#include "tests/support/splat_clouds.h"

namespace splat::pipeline {
namespace {

const Vec3<double> kDown = {0, 1, 0};  // of upright scenes

// The image's downward axis in the frame of the scene.
Vec3<double> DownOf(const NamedCamera& named) {
  return Row(named.camera.camera_from_world.rotation, 1);
}

TEST(OrbitOfScene, AreLevelInTheUprightFrame) {
  const SplatModel model = ModelOf(testing::RandomCloud(50, 0));
  Similarity3 upright_from_scene;
  upright_from_scene.scale = 3;
  upright_from_scene.rotation = RotationMatrix(Quaternion<double>{0.8, 0.6, 0, 0});  // about x by 74 degrees
  upright_from_scene.translation = {1, -2, 5};
  const auto tilted = OrbitOfScene(model, {}, 5, 64), level = OrbitOfScene(model, {}, 5, 64, upright_from_scene);
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

TEST(OrbitOfScene, StandBelowTheSky) {
  for (const NamedCamera& named : OrbitOfScene(ModelOf(testing::CloudUnderSky()), {}, 5, 64)) {
    EXPECT_LT(Norm(CameraCenterInWorld(named.camera)), 140);
  }
}

// In a room: all around it are walls, and the photos were taken within.
TEST(OrbitOfScene, StandWhereThePhotosWereTaken) {
  const SplatModel model = ModelOf(testing::RandomCloud(500, 0));
  Similarity3 upright_from_scene;
  upright_from_scene.scale = 2;
  upright_from_scene.rotation = RotationMatrix(Quaternion<double>{0.8, 0.6, 0, 0});
  const Orbit taken = {{0.1, 0.2, -0.1}, 0.5, 0.2};
  const auto photos = InSceneFrame(OrbitCameras(taken, 12, 64), upright_from_scene);
  const auto views = OrbitOfScene(model, photos, 6, 64, upright_from_scene);
  ASSERT_EQ(views.size(), 6u);
  for (size_t i = 0; i < views.size(); ++i) {
    const Vec3<double> place = upright_from_scene * CameraCenterInWorld(views[i].camera) - taken.center;
    EXPECT_NEAR(std::hypot(place.x, place.z), 0.5, 1e-6);
    EXPECT_NEAR(place.y, -0.2, 1e-6);
  }
}

}  // namespace
}  // namespace splat::pipeline
