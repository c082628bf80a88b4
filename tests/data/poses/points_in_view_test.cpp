#include "data/poses/points_in_view.h"

#include <gtest/gtest.h>

#include "tests/support/camera_ring.h"

namespace splat::data {
namespace {

TEST(PointsInView, PointsAmongTheCamerasAreSeen) {
  const SceneDescription scene = testing::CameraRing();
  EXPECT_TRUE(CamerasSeePoints(scene.photos, scene.points.positions));
}

// Points with the coordinates of a map beside cameras without: the cameras that happen to look that way have all of
// them in one pixel.
TEST(PointsInView, PointsInOneSpotFarOffAreNotSeen) {
  const SceneDescription scene = testing::CameraRing();
  const Vec3<double> ahead = Row(scene.photos[0].camera_from_world.rotation, 2);
  for (const double distance : {1e4, 4e6}) {
    std::vector<Vec3<double>> points = scene.points.positions;
    for (Vec3<double>& point : points) point = point + distance * ahead;
    EXPECT_GT(CountPointsInView(scene.photos, points).by_any, 0.9);
    EXPECT_FALSE(CamerasSeePoints(scene.photos, points)) << distance;
  }
}

}  // namespace
}  // namespace splat::data
