#include "formats/scene_transform_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/quaternion.h"
#include "io/atomic_file.h"
#include "tests/support/error_message.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::HasSubstr;

class SceneTransformTest : public ::testing::Test {
 protected:
  std::string path() const { return folder_ / "scene_transform.json"; }

  testing::TempDir folder_;
};

TEST_F(SceneTransformTest, IsReadAsItWasWritten) {
  SceneTransform transform;
  transform.source_from_scene = {1e-4, RotationMatrix(Quaternion<double>{0.5, 0.5, 0.5, 0.5}), {1e7, -2e7, 128}};
  transform.near = 2e-5;
  WriteSceneTransform(path(), transform, "a model");
  const SceneTransform read = ReadSceneTransform(path());
  EXPECT_EQ(read.near, 2e-5);
  EXPECT_EQ(read.source_from_scene.scale, 1e-4);
  EXPECT_EQ(read.source_from_scene.translation.y, -2e7);
  EXPECT_EQ(read.source_from_scene.rotation(1, 0), transform.source_from_scene.rotation(1, 0));
  EXPECT_EQ(SceneTransformBeside(folder_ / "scene.ply")->near, 2e-5);
  EXPECT_FALSE(read.upright_from_scene.has_value());
}

TEST_F(SceneTransformTest, KeepsTheWayToAnUprightFrame) {
  SceneTransform transform;
  transform.upright_from_scene = {0.25, RotationMatrix(Quaternion<double>{0.5, 0.5, 0.5, 0.5}), {1, -2, 3}};
  WriteSceneTransform(path(), transform, "a model");
  const SceneTransform read = ReadSceneTransform(path());
  ASSERT_TRUE(read.upright_from_scene.has_value());
  EXPECT_EQ(read.upright_from_scene->scale, 0.25);
  EXPECT_EQ(read.upright_from_scene->translation.z, 3);
  EXPECT_EQ(read.upright_from_scene->rotation(1, 0), transform.upright_from_scene->rotation(1, 0));
}

TEST_F(SceneTransformTest, ANearPlaneThatIsNoneIsRefused) {
  SceneTransform transform;
  transform.near = -1;
  WriteSceneTransform(path(), transform, "");
  EXPECT_THAT(ErrorMessageOf([&] { ReadSceneTransform(path()); }), HasSubstr("scene_transform.json: near is -1"));
}

TEST_F(SceneTransformTest, WithoutANearPlaneItFollowsFromTheSplats) {
  EXPECT_FALSE(SceneTransformBeside(folder_ / "scene.ply").has_value());
  SplatCloud cloud = testing::RandomCloud(400, 0);  // within 3 of the origin
  for (float& value : cloud.opacity_logits) value = 3;
  const Camera camera = {640, 480, 500, 500, 320, 240, {Identity3<double>(), {0, 0, 100}}};
  EXPECT_NEAR(NearPlaneOf(std::nullopt, {camera}, SplatSelection(cloud.View())), 5, 0.1);
  EXPECT_NEAR(NearPlaneOf(SceneTransform(), {camera}, SplatSelection(cloud.View())), 5, 0.1);
  SceneTransform transform;
  transform.near = 7;
  EXPECT_EQ(NearPlaneOf(transform, {camera}, SplatSelection(cloud.View())), 7);
}

}  // namespace
}  // namespace splat::formats
