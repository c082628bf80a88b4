#include "data/dataset/foreign_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/median_point.h"
#include "data/photos/lens.h"
#include "tests/support/read_poses.h"
#include "tests/support/test_data.h"
#include "tests/support/textured_wall.h"

namespace splat::data {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ForeignPoints : public ::testing::Test {
 protected:
  std::string Why() {
    SerialExecutor executor;
    return WhyForeignPoints(wall_.photos, wall_.views, wall_.points, executor);
  }
  void Move(const std::function<Vec3<double>(const Vec3<double>&)>& move) {
    for (Vec3<double>& p : wall_.points.positions) p = move(p);
  }
  void Recolor(const std::function<Vec3<uint8_t>(const Vec3<uint8_t>&, const Vec3<double>&)>& recolor) {
    for (size_t i = 0; i < wall_.points.colors.size(); ++i) {
      wall_.points.colors[i] = recolor(wall_.points.colors[i], wall_.points.positions[i]);
    }
  }
  // What structure from motion would say of the points as they are.
  void Observe() {
    for (PosedPhoto& photo : wall_.photos) {
      const Lens lens = MakeLens(photo.intrinsics);
      for (size_t i = 0; i < wall_.points.positions.size(); i += 7) {
        const Vec3<double> p = photo.camera_from_world * wall_.points.positions[i];
        photo.observations.push_back({i, lens.fx * p.x / p.z + lens.cx, lens.fy * p.y / p.z + lens.cy});
      }
    }
  }

  testing::TexturedWall wall_;
};

TEST_F(ForeignPoints, PointsOfThePhotosStay) {
  EXPECT_EQ(Why(), "");
  Random random(5);
  Move([&](const Vec3<double>& p) {
    return p + 0.03 * Vec3<double>{random.Normal(), random.Normal(), random.Normal()};
  });
  EXPECT_EQ(Why(), "");
}

TEST_F(ForeignPoints, PointsOfAnotherPlaceAreNamed) {
  const PointCloud right = wall_.points;
  const std::function<Vec3<double>(const Vec3<double>&)> moves[] = {[](const Vec3<double>& p) {
                                                                      return p + Vec3<double>{1, 0, 0};
                                                                    },
                                                                    [](const Vec3<double>& p) {
                                                                      return p + Vec3<double>{0, -0.7, 0};
                                                                    },
                                                                    [](const Vec3<double>& p) {
                                                                      return Vec3<double>{2 * p.x, 2 * p.y, p.z};
                                                                    },
                                                                    [](const Vec3<double>& p) {
                                                                      return Vec3<double>{p.y, p.x, p.z};
                                                                    },
                                                                    [](const Vec3<double>& p) {
                                                                      return Vec3<double>{-p.x, p.y, p.z};
                                                                    }};
  for (const auto& move : moves) {
    wall_.points = right;
    Move(move);
    EXPECT_THAT(Why(), HasSubstr("colours are not those")) << wall_.points.positions[0].x;
  }
}

TEST_F(ForeignPoints, OtherLightAndNoisyColorsAreNoReason) {
  Recolor([](const Vec3<uint8_t>& c, const Vec3<double>&) {
    return Vec3<uint8_t>{uint8_t(c.x / 2 + 60), uint8_t(c.y / 2), uint8_t(c.z / 4)};
  });
  EXPECT_EQ(Why(), "");
  Random random(5);
  Recolor([&](const Vec3<uint8_t>& c, const Vec3<double>&) {
    return Vec3<uint8_t>{uint8_t(std::clamp(c.x + 20 * random.Normal(), 0.0, 255.0)), c.y, c.z};
  });
  EXPECT_EQ(Why(), "");
}

TEST_F(ForeignPoints, ColorsOfAnotherQuantityTellNothing) {
  Recolor([](const Vec3<uint8_t>&, const Vec3<double>&) { return Vec3<uint8_t>{128, 128, 128}; });
  EXPECT_EQ(Why(), "");
  Recolor([](const Vec3<uint8_t>&, const Vec3<double>& p) {
    const auto intensity = uint8_t(100 + 30 * p.x);
    return Vec3<uint8_t>{intensity, intensity, intensity};
  });
  EXPECT_EQ(Why(), "");
  Recolor([](const Vec3<uint8_t>&, const Vec3<double>& p) {
    return p.y < 0 ? Vec3<uint8_t>{255, uint8_t(-170 * p.y), 0} : Vec3<uint8_t>{0, uint8_t(170 * p.y), 255};
  });
  EXPECT_EQ(Why(), "");
}

TEST_F(ForeignPoints, FewPointsTellNothing) {
  Move([](const Vec3<double>& p) { return p + Vec3<double>{1, 0, 0}; });
  wall_.points.positions.resize(150);
  wall_.points.colors.resize(150);
  EXPECT_EQ(Why(), "");
}

TEST_F(ForeignPoints, WhatStructureFromMotionSawGoesBeforeColors) {
  Observe();
  Recolor([](const Vec3<uint8_t>&, const Vec3<double>& p) { return testing::TexturedWall::ColorAt(p.x + 1, p.y); });
  EXPECT_EQ(Why(), "");
  Move([](const Vec3<double>& p) { return p + Vec3<double>{1, 0, 0}; });  // the colours are right then
  EXPECT_THAT(Why(), HasSubstr("20 % of the image"));
}

TEST_F(ForeignPoints, ThatAreALittleBesideAreSaidAndStay) {
  Observe();
  EXPECT_EQ(WhyPointsAreBeside(wall_.photos, wall_.points), "");
  const std::vector<PosedPhoto> right = wall_.photos;
  for (PosedPhoto& photo : wall_.photos) {
    for (int k = 0; k < CameraModelFocalCount(photo.intrinsics.model); ++k) photo.intrinsics.params[size_t(k)] *= 0.8;
  }
  EXPECT_THAT(WhyPointsAreBeside(wall_.photos, wall_.points),
              HasSubstr("with 1.25 times the focal lengths they agree"));
  SceneDescription scene;
  scene.source = "the source";
  scene.photos = wall_.photos;
  scene.points = wall_.points;
  scene.points.colors.assign(scene.points.positions.size(), {128, 128, 128});  // which tells nothing
  SerialExecutor executor;
  std::vector<std::string> log;
  const Dataset dataset =
      BuildDataset(scene, {}, executor, [&](LogLevel, const std::string& line) { log.push_back(line); });
  EXPECT_THAT(dataset.points.positions, SizeIs(wall_.points.positions.size()));
  EXPECT_THAT(log, Contains(HasSubstr("with 1.25 times the focal lengths")));
  wall_.photos = right;
  Move([](const Vec3<double>& p) { return p + Vec3<double>{0.2, 0, 0}; });
  EXPECT_THAT(WhyPointsAreBeside(wall_.photos, wall_.points), HasSubstr("of one reconstruction"));
}

TEST_F(ForeignPoints, ASetLosesThemWithAWarning) {
  SceneDescription scene;
  scene.source = "the source";
  scene.photos = wall_.photos;
  scene.points = wall_.points;
  SerialExecutor executor;
  std::vector<std::string> log;
  const auto build = [&] {
    log.clear();
    return BuildDataset(scene, {}, executor, [&](LogLevel, const std::string& line) { log.push_back(line); });
  };
  EXPECT_THAT(build().points.positions, SizeIs(wall_.points.positions.size()));
  EXPECT_THAT(log, Not(Contains(HasSubstr("colours"))));
  for (Vec3<double>& p : scene.points.positions) p.x += 1;
  EXPECT_THAT(build().points.positions, IsEmpty());
  EXPECT_THAT(log, Contains(HasSubstr("the training starts from random points")));
}

TEST_F(ForeignPoints, RoundedCoordinatesAreSaidOnceAndThePointsStay) {
  SceneDescription scene;
  scene.source = "the source";
  const Vec3<double> map = {500000, 4200000, 300};
  for (PosedPhoto photo : wall_.photos) {
    photo.camera_from_world.translation = photo.camera_from_world.translation - photo.camera_from_world.rotation * map;
    scene.photos.push_back(photo);
  }
  scene.points = wall_.points;
  for (Vec3<double>& p : scene.points.positions) {
    p = p + map;
    p = {double(float(p.x)), double(float(p.y)), double(float(p.z))};
  }
  SerialExecutor executor;
  std::vector<std::string> log;
  const Dataset dataset =
      BuildDataset(scene, {}, executor, [&](LogLevel, const std::string& line) { log.push_back(line); });
  EXPECT_THAT(dataset.points.positions, SizeIs(wall_.points.positions.size()));
  EXPECT_THAT(log, Contains(HasSubstr("rounded to 0.5 units")));
}

struct RealSet {
  const char *poses, *images;
};

class ForeignPointsOfTestData : public ::testing::TestWithParam<RealSet> {};

TEST_P(ForeignPointsOfTestData, AreThoseThatWereTurned) {
  SPLAT_TEST_DATA_OR_SKIP(poses, GetParam().poses);
  SPLAT_TEST_DATA_OR_SKIP(images, GetParam().images);
  SceneDescription scene = ReadPoses(poses, images);
  for (PosedPhoto& photo : scene.photos) photo.observations.clear();
  ThreadPool pool(2);
  const Dataset dataset = BuildDataset(scene, {}, pool, nullptr);
  PointCloud points = dataset.points;
  ASSERT_THAT(points.positions, Not(IsEmpty()));
  EXPECT_EQ(WhyForeignPoints(scene.photos, dataset.views, points, pool), "");
  const Vec3<double> middle = MedianPoint(points.positions);
  for (Vec3<double>& p : points.positions) {
    const Vec3<double> offset = p - middle;
    p = middle + Vec3<double>{offset.x, offset.z, -offset.y};
  }
  EXPECT_THAT(WhyForeignPoints(scene.photos, dataset.views, points, pool), HasSubstr("colours"));
}

INSTANTIATE_TEST_SUITE_P(
    All, ForeignPointsOfTestData,
    ::testing::Values(RealSet{"fox/sparse/0", "fox/images"}, RealSet{"desk/distorted/sparse/0", "desk/input"},
                      RealSet{"fern/sparse/0", "fern/images_4"}, RealSet{"beer/sparse/0", "beer/images"},
                      RealSet{"cup/sparse/0", "cup/images"}, RealSet{"mouse/sparse/0", "mouse/images"}),
    [](const auto& set) {
      const std::string path = set.param.poses;
      return path.substr(0, path.find('/'));
    });

}  // namespace
}  // namespace splat::data
