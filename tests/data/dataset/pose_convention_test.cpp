#include "data/dataset/pose_convention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/check.h"
#include "core/constants.h"
#include "core/random.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/transforms_reader.h"
#include "tests/support/camera_ring.h"
#include "tests/support/read_poses.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Rigid3 kTurn = {{{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}}, {0, 0, 0}};

class PoseConvention : public ::testing::Test {
 protected:
  std::vector<PosedPhoto> Check() {
    log_.clear();
    std::vector<PosedPhoto> photos = scene_.photos;
    CheckPoseConvention(scene_, photos, [this](LogLevel, const std::string& line) { log_.push_back(line); });
    return photos;
  }
  void Change(const std::function<Rigid3(const Rigid3&)>& change) {
    for (PosedPhoto& photo : scene_.photos) photo.camera_from_world = change(photo.camera_from_world);
  }
  void TurnAxes() {
    Change([](const Rigid3& pose) { return Compose(kTurn, pose); });
  }
  // All of the scene in another frame.
  void MoveWorld(const Rigid3& new_from_old) {
    Change([&](const Rigid3& pose) { return Compose(pose, Inverse(new_from_old)); });
    for (Vec3<double>& point : scene_.points.positions) point = new_from_old * point;
  }
  // What a reader makes of a file that holds the inverse of each matrix: one of OpenCV's axes, one of OpenGL's, and one
  // of OpenGL's that gets matrices with OpenCV's.
  void InvertAs(const std::string& file) {
    scene_.opengl_axes = file != "opencv";
    Change([&](const Rigid3& pose) {
      if (file == "opencv") return Inverse(pose);
      const Rigid3 matrix = file == "opengl" ? Compose(kTurn, pose) : pose;
      return Compose(kTurn, Inverse(matrix));
    });
  }
  static void ExpectSame(const std::vector<PosedPhoto>& photos, const std::vector<PosedPhoto>& expected) {
    ASSERT_EQ(photos.size(), expected.size());
    const Vec3<double> point = {0.3, 0.2, 0.1};
    for (size_t i = 0; i < photos.size(); ++i) {
      EXPECT_NEAR(Norm(photos[i].camera_from_world * point - expected[i].camera_from_world * point), 0, 1e-11);
    }
  }
  SceneDescription scene_ = testing::CameraRing();
  std::vector<std::string> log_;
};

const Rigid3 kFrames[] = {{Identity3<double>(), {0, 0, 0}},
                          {Identity3<double>(), {5, -3, 1}},
                          {{{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}}, {2.5, 4, -2}},
                          {{{{0.6, -0.8, 0}, {0.8, 0.6, 0}, {0, 0, 1}}}, {100, 20, 7}}};

TEST_F(PoseConvention, CamerasThatLookAtTheirPointsStay) {
  ExpectSame(Check(), scene_.photos);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(PoseConvention, CamerasWithAxesOfTheOtherConventionAreTurned) {
  const std::vector<PosedPhoto> good = scene_.photos;
  TurnAxes();
  const std::vector<PosedPhoto> photos = Check();
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("OpenCV's axes for OpenGL's"), HasSubstr("all cameras were turned"))));
  ASSERT_THAT(photos, SizeIs(8));
  for (size_t i = 0; i < 8; ++i) {
    const Vec3<double> point = {0.3, 0.2, 0.1};
    const Vec3<double> error = photos[i].camera_from_world * point - good[i].camera_from_world * point;
    EXPECT_NEAR(Norm(error), 0, 1e-12);
  }
}

TEST_F(PoseConvention, WithoutPointsTheAxesAreOnlySaid) {
  scene_.points = {};
  Check();
  EXPECT_THAT(log_, IsEmpty());
  TurnAxes();
  const std::vector<PosedPhoto> photos = Check();
  EXPECT_THAT(log_, ElementsAre(HasSubstr("look away from where their axes meet")));
  EXPECT_EQ(photos[0].camera_from_world.translation.z, -3) << "as written";
}

// Photos that are taken outwards see their points.
TEST_F(PoseConvention, CamerasThatLookOutwardsAreNotTurned) {
  TurnAxes();
  for (Vec3<double>& point : scene_.points.positions) point = (10 / Norm(point)) * point;
  const std::vector<PosedPhoto> photos = Check();
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_EQ(photos[0].camera_from_world.translation.z, -3);
}

// Points behind cameras that look at one place are of another coordinate system.
TEST_F(PoseConvention, PointsBehindCamerasThatMeetInFrontTurnNothing) {
  scene_.photos.resize(4);
  for (size_t i = 0; i < 4; ++i) {
    const double angle = 0.1 * (double(i) - 1.5), c = std::cos(angle), s = std::sin(angle);
    scene_.photos[i].camera_from_world = {{{{-s, c, 0}, {0, 0, -1}, {-c, -s, 0}}}, {0, 0, 3}};
  }
  for (Vec3<double>& point : scene_.points.positions) point.x += 9;
  const std::vector<PosedPhoto> photos = Check();
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_EQ(photos[0].camera_from_world.translation.z, 3);
}

TEST_F(PoseConvention, InversePosesAreInverted) {
  const SceneDescription around_origin = scene_;
  for (const Rigid3& frame : kFrames) {
    for (const char* file : {"opencv", "opengl", "opencv in opengl"}) {
      scene_ = around_origin;
      MoveWorld(frame);
      const std::vector<PosedPhoto> good = scene_.photos;
      InvertAs(file);
      ExpectSame(Check(), good);
      EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("transforms file x: a camera has "),
                                          HasSubstr("the file has camera-from-world for world-from-camera, or the "
                                                    "reverse"),
                                          HasSubstr("all poses were inverted"))))
          << file;
      const bool is_opencv_in_opengl = std::string(file) == "opencv in opengl";
      EXPECT_EQ(log_.front().find("with OpenCV's axes") != std::string::npos, is_opencv_in_opengl) << file;
    }
  }
}

TEST_F(PoseConvention, TransposedRotationsOfOpenGlFilesAreTransposed) {
  const SceneDescription ring = scene_;
  for (const Rigid3& frame : {kFrames[0], kFrames[1], kFrames[3]}) {
    scene_ = ring;
    MoveWorld(frame);
    const std::vector<PosedPhoto> good = scene_.photos;
    scene_.opengl_axes = true;
    Change([](const Rigid3& pose) {
      Rigid3 matrix = Inverse(Compose(kTurn, pose));
      matrix.rotation = Transpose(matrix.rotation);
      return Compose(kTurn, Inverse(matrix));
    });
    ExpectSame(Check(), good);
    EXPECT_THAT(log_, ElementsAre(HasSubstr("all rotations were transposed")));
    scene_.points = {};
    ExpectSame(Check(), scene_.photos);
    EXPECT_THAT(log_, ElementsAre(HasSubstr("look at one")));
  }
}

TEST_F(PoseConvention, WithoutPointsInversePosesAreOnlySaid) {
  scene_.points = {};
  const SceneDescription around_origin = scene_;
  for (const Rigid3& frame : kFrames) {
    for (const char* file : {"opencv", "opengl", "opencv in opengl"}) {
      scene_ = around_origin;
      MoveWorld(frame);
      InvertAs(file);
      ExpectSame(Check(), scene_.photos);
      EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("but the inverse poses look at one"), HasSubstr("invert them"))));
    }
  }
}

// The axis of an orbit along z: the inverse poses stand in one place and look one way, rolled about that.
TEST_F(PoseConvention, RolledCamerasInOnePlaceAreTheInverseOfAnOrbit) {
  for (size_t i = 0; i < 8; ++i) {
    const double angle = 2 * kPi * double(i) / 8, c = std::cos(angle), s = std::sin(angle);
    const double down = 0.4 + 0.1 * std::sin(3 * angle), a = std::cos(down), b = std::sin(down);
    // The axis meets the orbit's at its centre, `down` below the horizon.
    scene_.photos[i].camera_from_world = {{{{-s, c, 0}, {b * c, b * s, -a}, {-a * c, -a * s, -b}}}, {0, 0, 3}};
  }
  const SceneDescription around_origin = scene_;
  for (const double z :
       {-3, 3}) {  // the axes of the inverse poses meet in front by one convention, behind by the other
    for (const char* file : {"opencv", "opengl", "opencv in opengl"}) {
      scene_ = around_origin;
      MoveWorld({Identity3<double>(), {0.1, 0.2, z}});
      const std::vector<PosedPhoto> good = scene_.photos;
      InvertAs(file);
      const bool sees_all_as_written = std::string(file) == (z < 0 ? "opengl" : "opencv");  // all of them look one way
      ExpectSame(Check(), sees_all_as_written ? scene_.photos : good);
      EXPECT_THAT(log_, ElementsAre(HasSubstr(sees_all_as_written ? "invert them" : "all poses were inverted")))
          << file << z;
      scene_.points = {};
      Check();
      EXPECT_THAT(log_, ElementsAre(HasSubstr("invert them"))) << file << z;
    }
  }
}

// Photos around, from a place above the origin: the inverse poses look at the origin, but are rolled about that axis.
TEST_F(PoseConvention, APanoramaIsNotInverted) {
  for (size_t i = 0; i < 8; ++i) {
    const double angle = 2 * kPi * double(i) / 8, c = std::cos(angle), s = std::sin(angle);
    const double down = 0.3 * std::sin(3 * angle), a = std::cos(down), b = std::sin(down);
    const Mat3<double> camera_from_world = {{{s, -c, 0}, {-b * c, -b * s, -a}, {a * c, a * s, -b}}};
    const Vec3<double> center = {0.02 * c, 0.02 * s, i % 2 == 0 ? 1.5 : 1.55};
    scene_.photos[i].camera_from_world = {camera_from_world, -(camera_from_world * center)};
  }
  for (Vec3<double>& point : scene_.points.positions) point = {point.x, point.y, 2 * point.z};
  const std::vector<Vec3<double>> near = scene_.points.positions;
  for (const double wall : {0.5, 1.5, 3.0}) {
    for (size_t i = 0; i < near.size(); ++i) {
      const double length = std::hypot(near[i].x, near[i].y);
      scene_.points.positions[i] = {wall * near[i].x / length, wall * near[i].y / length, 1.5 + near[i].z};
    }
    for (const bool opengl_axes : {false, true}) {
      scene_.opengl_axes = opengl_axes;
      ExpectSame(Check(), scene_.photos);
      EXPECT_THAT(log_, IsEmpty());
    }
  }
}

// A walk through a corridor whose walls are the points: the axes of the cameras do not meet.
TEST_F(PoseConvention, AWalkIsNotInverted) {
  Random random(2);
  for (size_t i = 0; i < scene_.photos.size(); ++i) {
    const double x = 3 * double(i), angle = (i % 2 == 0 ? 1 : -1) * 0.5, c = std::cos(angle), s = std::sin(angle);
    const Mat3<double> camera_from_world = {{{s, -c, 0}, {0, 0, -1}, {c, s, 0}}};
    scene_.photos[i].camera_from_world = {camera_from_world, camera_from_world * Vec3<double>{-x, 0, -1.5}};
  }
  for (Vec3<double>& point : scene_.points.positions) {
    point = {random.Uniform(0, 30), random.Uniform(0, 1) < 0.5 ? -2.0 : 2.0, random.Uniform(0, 3)};
  }
  ExpectSame(Check(), scene_.photos);
  EXPECT_THAT(log_, IsEmpty());
  scene_.points = {};
  Check();
  EXPECT_THAT(log_, IsEmpty());
}

// The points of another program are often turned about x. That cameras which look forward would see them by the inverse
// of their poses proves nothing where the axes meet in front of them as they are.
TEST_F(PoseConvention, PointsOfAnotherFrameInvertNothing) {
  for (size_t i = 0; i < scene_.photos.size(); ++i) {
    const double x = 0.2 * (double(i) - 3.5), length = std::hypot(x, 5), c = 5 / length, s = x / length;
    const Mat3<double> camera_from_world = {{{c, 0, s}, {0, 1, 0}, {-s, 0, c}}};
    scene_.photos[i].camera_from_world = {camera_from_world, camera_from_world * Vec3<double>{-x, 0, 0}};
  }
  for (Vec3<double>& point : scene_.points.positions) point = {point.x, -point.y, -(point.z + 5)};
  for (const bool opengl_axes : {false, true}) {
    scene_.opengl_axes = opengl_axes;
    ExpectSame(Check(), scene_.photos);
    EXPECT_THAT(log_, IsEmpty());
  }
}

// Real captures: as they are nothing is said, and the inverse of those that go around something is noticed.
class PoseConventionOfTestData : public ::testing::TestWithParam<const char*> {};

TEST_P(PoseConventionOfTestData, IsTakenAsItIs) {
  SPLAT_TEST_DATA_OR_SKIP(path, GetParam());
  const bool is_model = path.find(".json") == std::string::npos;
  SceneDescription scene = is_model ? ReadColmapModel(path, path) : ReadTransforms(path, "");
  for (const bool with_points : {true, false}) {
    if (!with_points) scene.points = {};
    std::vector<PosedPhoto> photos = scene.photos;
    std::vector<std::string> lines;
    CheckPoseConvention(scene, photos, [&](LogLevel, const std::string& line) { lines.push_back(line); });
    EXPECT_THAT(lines, IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(All, PoseConventionOfTestData,
                         ::testing::Values("fox/transforms.json", "fox/sparse/0", "lego/transforms_train.json",
                                           "desk/distorted/sparse/0", "fern/sparse/0", "cup/sparse/0", "mouse/sparse/0",
                                           "beer/sparse/0"));

TEST(PoseConventionOfTestDataInverted, IsNoticed) {
  for (const char* set : {"cup", "mouse", "beer"}) {
    SPLAT_TEST_DATA_OR_SKIP(path, StrCat(set, "/sparse/0"));
    SceneDescription scene = ReadColmapModel(path, path);
    for (PosedPhoto& photo : scene.photos) photo.camera_from_world = Inverse(photo.camera_from_world);
    std::vector<PosedPhoto> photos = scene.photos;
    std::vector<std::string> lines;
    CheckPoseConvention(scene, photos, [&](LogLevel, const std::string& line) { lines.push_back(line); });
    EXPECT_THAT(lines, ElementsAre(HasSubstr("all poses were inverted"))) << set;
  }
}

}  // namespace
}  // namespace splat::data
