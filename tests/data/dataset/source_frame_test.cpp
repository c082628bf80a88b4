// Cameras and points that were aligned, back in the frame that they came from.
#include "data/dataset/source_frame.h"

#include <gtest/gtest.h>

#include "core/twist.h"
#include "data/dataset/scene_alignment.h"

namespace splat::data {
namespace {

TEST(SourceFrame, IsTheWayBackOfTheAlignment) {
  const Rigid3 pose = ExpTwist({1, 2, 3, 0.3, -0.2, 0.1});
  const Vec3<double> point = {4, 5, 6};
  const Rigid3 turn = ExpTwist({0, 0, 0, 0.5, 1, -0.4});
  const Similarity3 scene_from_source = {0.25, turn.rotation, {7, 8, 9}};
  Dataset dataset;
  dataset.source_from_scene = Inverse(scene_from_source);
  View view;
  view.name = "a.jpg";
  view.split = Split::kTest;
  view.intrinsics = {CameraModel::kSimplePinhole, 100, 80, {90, 50, 40}};
  view.camera.width = 50;  // trained at another size than calibrated
  view.camera.camera_from_world = AlignPose(pose, scene_from_source);
  dataset.views = {view};
  dataset.points = {{scene_from_source * point}, {{1, 2, 3}}};
  const SceneDescription source = InSourceFrame(dataset);
  const PosedPhoto& photo = source.photos.at(0);
  EXPECT_EQ(photo.name, "a.jpg");
  EXPECT_EQ(photo.intrinsics.width, 100);
  for (const double x : LogOfMotion(Compose(photo.camera_from_world, Inverse(pose)))) EXPECT_NEAR(x, 0, 1e-12);
  EXPECT_LT(Norm(source.points.positions.at(0) - point), 1e-12);
  EXPECT_EQ(source.points.colors.at(0).y, 2);
}

}  // namespace
}  // namespace splat::data
