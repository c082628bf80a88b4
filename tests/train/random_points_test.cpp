// Random splats begin where the cameras look, however these stand.
#include "train/random_points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/constants.h"
#include "core/random.h"
#include "data/dataset/scene_alignment.h"

namespace splat::train {
namespace {

using Point = Vec3<double>;

// A camera of 53 degrees across that looks from one point to another.
data::View ViewFrom(const Point& center, const Point& target) {
  const Point forward = Normalized(target - center);
  const Point away = std::abs(forward.y) < 0.9 ? Point{0, 1, 0} : Point{0, 0, 1};
  const Point right = Normalized(Cross(away, forward)), down = Cross(forward, right);
  data::View view;
  view.camera.width = 80;
  view.camera.height = 60;
  view.camera.fx = view.camera.fy = 80;
  view.camera.cx = 40;
  view.camera.cy = 30;
  Rigid3& pose = view.camera.camera_from_world;
  pose.rotation = {{{right.x, right.y, right.z}, {down.x, down.y, down.z}, {forward.x, forward.y, forward.z}}};
  pose.translation = -(pose.rotation * center);
  return view;
}

// In the frame that a training has.
data::Dataset Aligned(const std::vector<data::View>& views) {
  std::vector<data::AlignedView> poses;
  for (const data::View& view : views) poses.push_back({view.camera.camera_from_world});
  const Similarity3 scene_from_source = data::AlignScene(poses);
  data::Dataset dataset;
  dataset.source_from_scene = Inverse(scene_from_source);
  for (data::View view : views) {
    view.camera.camera_from_world = data::AlignPose(view.camera.camera_from_world, scene_from_source);
    dataset.views.push_back(view);
  }
  return dataset;
}

// The box's middle in the frame of the views.
Point MiddleInSource(const data::Dataset& dataset) {
  return dataset.source_from_scene * BoxOfView(dataset).middle;
}
double HalfDepthInSource(const data::Dataset& dataset) {
  return dataset.source_from_scene.scale * BoxOfView(dataset).half.z;
}

// The share of a dataset's random points that lie before a camera and within its image.
double ShareSeen(const data::Dataset& dataset) {
  const data::PointCloud cloud = RandomPoints(dataset, 2000, 1);
  int seen = 0;
  for (const Point& point : cloud.positions) {
    const bool is_seen = std::any_of(dataset.views.begin(), dataset.views.end(), [&](const data::View& view) {
      const Camera& camera = view.camera;
      const Point p = camera.camera_from_world * point;
      return p.z > 0 && std::abs(p.x / p.z * camera.fx) < camera.cx && std::abs(p.y / p.z * camera.fy) < camera.cy;
    });
    seen += is_seen ? 1 : 0;
  }
  return seen / 2000.0;
}

// The cube around what the cameras look at, as it has always been.
void ExpectCubeAroundOrigin(const data::Dataset& dataset) {
  const PointBox box = BoxOfView(dataset);
  std::vector<double> distances;
  for (const data::View& view : dataset.views) distances.push_back(Norm(CameraCenterInWorld(view.camera)));
  std::sort(distances.begin(), distances.end());
  const double half = 0.35 * distances[distances.size() / 2];
  EXPECT_EQ(Norm(box.middle), 0);
  EXPECT_EQ(box.half.x, half);
  EXPECT_EQ(box.half.y, half);
  EXPECT_EQ(box.half.z, half);
  Random random(7);
  const data::PointCloud cloud = RandomPoints(dataset, 100, 7);
  for (size_t i = 0; i < 100; ++i) {
    const double x = random.Uniform(-half, half), y = random.Uniform(-half, half), z = random.Uniform(-half, half);
    const Point& point = cloud.positions[i];
    EXPECT_TRUE(point.x == x && point.y == y && point.z == z) << i;
    for (int c = 0; c < 3; ++c) random.Below(256);
  }
}

TEST(RandomPoints, SurroundWhatAnOrbitLooksAt) {
  for (const double part : {1.0, 0.5, 0.15}) {  // of the circle
    std::vector<data::View> views;
    for (int i = 0; i < 12; ++i) {
      const double angle = 2 * kPi * part * (i - 5.5) / 12;
      views.push_back(ViewFrom({3 * std::sin(angle), -1, 5 - 3 * std::cos(angle)}, {0, 0, 5}));
    }
    SCOPED_TRACE(part);
    ExpectCubeAroundOrigin(Aligned(views));
    EXPECT_LT(Norm(MiddleInSource(Aligned(views)) - Point{0, 0, 5}), 0.01);
  }
}

TEST(RandomPoints, SurroundCamerasThatLookAround) {
  std::vector<data::View> views;
  for (int i = 0; i < 12; ++i) {
    const double angle = 2 * kPi * i / 12;
    views.push_back(ViewFrom({std::sin(angle), 0, std::cos(angle)}, {3 * std::sin(angle), 0, 3 * std::cos(angle)}));
  }
  ExpectCubeAroundOrigin(Aligned(views));
}

// A survey from a height of 50 over a ground at z = 0, with photos that overlap by `overlap` along the rows and less
// from row to row. Every axis is off by up to `wobble` rad. The rows are flown there and back.
std::vector<data::View> Survey(int rows, int columns, double overlap, double wobble) {
  constexpr double kHeight = 50;
  Random random(5);
  std::vector<data::View> views;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const Point center = {(1 - overlap) * kHeight * column, 0.35 * 0.75 * kHeight * row, -kHeight};
      const double x = random.Uniform(-wobble, wobble), y = random.Uniform(-wobble, wobble);
      views.push_back(ViewFrom(center, center + Point{x, y, 1}));
      if (row % 2 == 0) continue;
      Mat3<double>& rotation = views.back().camera.camera_from_world.rotation;
      rotation = Mat3<double>{{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}} * rotation;
      views.back().camera.camera_from_world.translation = -(rotation * center);
    }
  }
  return views;
}

TEST(RandomPoints, LieOnTheGroundOfASurvey) {
  for (const double wobble : {0.0, 0.01, 0.05}) {
    for (const double overlap : {0.6, 0.75, 0.85}) {
      for (const int rows : {2, 5, 12}) {
        SCOPED_TRACE(::testing::Message() << "wobble " << wobble << ", overlap " << overlap << ", " << rows << " rows");
        const data::Dataset dataset = Aligned(Survey(rows, 8, overlap, wobble));
        EXPECT_LT(std::abs(MiddleInSource(dataset).z), HalfDepthInSource(dataset)) << "the ground is in the box";
        EXPECT_LT(HalfDepthInSource(dataset), 50);
        EXPECT_GT(ShareSeen(dataset), 0.5);
      }
    }
  }
}

TEST(RandomPoints, LieBeforeCamerasOnALine) {
  for (const Point& along : {Point{1, 0, 0}, Point{0, 1, 0}, Point{0.6, 0.8, 0}}) {
    std::vector<data::View> views;
    for (int i = 0; i < 10; ++i)
      views.push_back(ViewFrom(0.25 * double(i) * along, 0.25 * double(i) * along + Point{0, 0, 1}));
    const data::Dataset dataset = Aligned(views);
    const Point middle = MiddleInSource(dataset);
    EXPECT_NEAR(middle.z, 1, 0.5);
    EXPECT_NEAR(Dot(middle, along), 0.25 * 4.5, 0.2);
    EXPECT_GT(ShareSeen(dataset), 0.3);
  }
}

TEST(RandomPoints, LieBeforeCamerasThatMoveForward) {
  std::vector<data::View> views;
  for (int i = 0; i < 10; ++i) views.push_back(ViewFrom({0, 0, double(i)}, {0, 0, i + 1.0}));
  const data::Dataset dataset = Aligned(views);
  EXPECT_GT(MiddleInSource(dataset).z, 4.5);
  EXPECT_GT(ShareSeen(dataset), 0.5);
}

TEST(RandomPoints, LieBeforeALoneCameraAndSeveralInOnePlace) {
  for (const int count : {1, 5}) {
    const data::Dataset dataset = Aligned(std::vector<data::View>(size_t(count), ViewFrom({7, 0, 0}, {7, 0, 1})));
    EXPECT_GT(ShareSeen(dataset), 0.4);
  }
}

// Points that are too few to begin with still tell how far away things are.
TEST(RandomPoints, LieWhereFewPointsAre) {
  for (const double depth : {20.0, 200.0}) {
    data::Dataset dataset = Aligned(Survey(4, 6, 0.75, 0.0));
    const Similarity3 scene_from_source = Inverse(dataset.source_from_scene);
    for (int i = 0; i < 20; ++i) {
      dataset.points.positions.push_back(scene_from_source * Point{20 + 1.5 * i, 20, depth - 50});
    }
    dataset.points.colors.resize(20);
    EXPECT_NEAR(MiddleInSource(dataset).z, depth - 50, 0.01 * depth);
  }
}

TEST(RandomPoints, FollowTheSeed) {
  const data::Dataset dataset = Aligned(Survey(2, 4, 0.75, 0.0));
  const data::PointCloud a = RandomPoints(dataset, 50, 1), b = RandomPoints(dataset, 50, 1),
                         c = RandomPoints(dataset, 50, 2);
  EXPECT_EQ(a.positions[49].x, b.positions[49].x);
  EXPECT_NE(a.positions[49].x, c.positions[49].x);
}

}  // namespace
}  // namespace splat::train
