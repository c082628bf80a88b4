// The frame in which a dataset is trained, and that of its files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/camera.h"
#include "data/dataset/dataset.h"
#include "tests/support/dataset_photos.h"

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr double kPixelTolerance_px = 1e-9;

Vec2<double> Project(const Camera& camera, const Vec3<double>& point) {
  const Vec3<double> p = camera.camera_from_world * point;
  return {camera.fx * p.x / p.z + camera.cx, camera.fy * p.y / p.z + camera.cy};
}

class DatasetFrames : public testing::DatasetPhotos {};

TEST_F(DatasetFrames, AlignmentMovesCamerasAndPointsTogether) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);
  scene_.points.positions = {{0.1, 0.2, 5}, {-0.5, 0.3, 4}, {0.2, -0.7, 8}};
  scene_.points.colors.assign(scene_.points.positions.size(), {1, 2, 3});
  const Dataset aligned = Build();
  EXPECT_NEAR(Norm(Inverse(aligned.source_from_scene) * Vec3<double>{0, 0, 5}), 0, 1e-9);  // what the cameras look at
  EXPECT_NEAR(Norm(CameraCenterInWorld(aligned.views[0].camera)), 4, 1e-9);  // the middle of the three distances
  for (size_t view = 0; view < 3; ++view) {
    Camera source = aligned.views[view].camera;
    source.camera_from_world = scene_.photos[view].camera_from_world;
    const Vec3<double> center = aligned.source_from_scene * CameraCenterInWorld(aligned.views[view].camera);
    EXPECT_NEAR(Norm(center - CameraCenterInWorld(source)), 0, 1e-12 * 100);
    for (size_t i = 0; i < 3; ++i) {
      const Vec3<double> back = aligned.source_from_scene * aligned.points.positions[i];
      EXPECT_NEAR(Norm(back - scene_.points.positions[i]), 0, 1e-10);
      const Vec2<double> a = Project(aligned.views[view].camera, aligned.points.positions[i]);
      const Vec2<double> b = Project(source, scene_.points.positions[i]);
      EXPECT_NEAR(a.x, b.x, kPixelTolerance_px);
      EXPECT_NEAR(a.y, b.y, kPixelTolerance_px);
    }
  }
}

TEST_F(DatasetFrames, ExtentIsThatOfTheTrainingCameras) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);  // at x = -1, 0, 1
  Dataset dataset = Build();
  EXPECT_NEAR(dataset.extent * dataset.source_from_scene.scale, 1.1, 1e-9);
  options_.test_every = 3;  // x = 0 and 1 are left
  dataset = Build();
  EXPECT_NEAR(dataset.extent * dataset.source_from_scene.scale, 0.55, 1e-9);
}

// What is trained is the same; only the files lie elsewhere.
TEST_F(DatasetFrames, WithoutAlignmentTheFilesAreInTheFrameOfTheSource) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);
  scene_.points.positions = {{0.1, 0.2, 5}};
  scene_.points.colors.assign(scene_.points.positions.size(), {1, 2, 3});
  const Dataset aligned = Build();
  options_.align = false;
  const Dataset source = Build();
  EXPECT_TRUE(aligned.files.is_scenes);
  EXPECT_EQ(source.points.positions[0].x, aligned.points.positions[0].x);
  EXPECT_NEAR(Norm(source.files.files_from_scene * source.points.positions[0] - scene_.points.positions[0]), 0, 1e-12);
  EXPECT_EQ(source.files.note, "");
  const Similarity3 source_from_files = SourceFromFiles(source.files, source.source_from_scene);
  EXPECT_EQ(source_from_files.scale, 1);
  EXPECT_EQ(Norm(source_from_files.translation), 0);
  for (size_t view = 0; view < 3; ++view) {
    const Camera camera = CameraInFiles(source.files, source.views[view].camera);
    const Vec3<double> expected = CameraCenterInWorld(scene_.photos[view].camera_from_world);
    EXPECT_NEAR(Norm(CameraCenterInWorld(camera) - expected), 0, 1e-12);
  }
}

// Floats of 32 bits have steps of 1 at 10^7.
TEST_F(DatasetFrames, FilesOfASourceThatFloatsDoNotHoldAreLocal) {
  const Vec3<double> shift = {1e7, -2e7, -5.2};  // what the cameras look at has z = -0.2
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);
  for (PosedPhoto& photo : scene_.photos) {
    Rigid3& pose = photo.camera_from_world;
    pose.translation = pose.translation - pose.rotation * shift;
  }
  options_.align = false;
  const Dataset dataset = Build();
  EXPECT_THAT(dataset.files.note, AllOf(HasSubstr("--no-align"), HasSubstr("(10000000, -20000000, 0) is added")));
  EXPECT_EQ(dataset.files.offset.x, 1e7);
  const Camera camera = CameraInFiles(dataset.files, dataset.views[0].camera);
  EXPECT_NEAR(Norm(CameraCenterInWorld(camera) - Vec3<double>{-1, 0, -5.2}), 0,
              1e-7);  // doubles have steps of 4e-9 there
}

TEST_F(DatasetFrames, TheNearPlaneIsAShareOfTheDistanceUnlessPointsLieNearer) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);  // 5 from what they look at
  EXPECT_EQ(Build().near, 0.2);
  for (int i = 0; i < 40; ++i) scene_.points.positions.push_back({0.01 * (i - 20), 0, 5});
  scene_.points.colors.assign(scene_.points.positions.size(), {1, 2, 3});
  EXPECT_EQ(Build().near, 0.2);
  for (Vec3<double>& position : scene_.points.positions) position = {position.x / 100, 0, 0.1};  // 0.08 when aligned
  EXPECT_NEAR(Build().near, 0.04, 0.002);
}

}  // namespace
}  // namespace splat::data
