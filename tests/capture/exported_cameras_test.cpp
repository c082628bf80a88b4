// Cameras of a capture, written as photogrammetry programs export them, show each point where they showed it before:
// the conventions of angles, units, axes and coefficients. What is written follows the manuals and shares no code with
// the readers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "capture/capture.h"
#include "core/constants.h"
#include "data/photos/image_io.h"
#include "data/photos/lens.h"
#include "data/poses/bundler_reader.h"
#include "data/poses/metashape_reader.h"
#include "data/poses/reality_capture_reader.h"
#include "tests/support/byte_writer.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::TempDir;
using splat::testing::WriteBytes;

constexpr double kTolerance_px = 1e-6;  // of numbers written with 17 digits

// A camera of the capture with a lens of the programs' kind, which the capture's own cannot have.
struct KnownCamera {
  std::string name;
  Camera camera;
  double k[4], p1, p2;  // in the programs' own order
  double b1 = 0, b2 = 0;
};

std::vector<KnownCamera> KnownCameras() {
  capture::CaptureOptions options;
  options.photos = 6;
  options.width = 512;
  options.height = 384;
  std::vector<KnownCamera> cameras;
  for (const capture::CapturedPhoto& photo : capture::PlanCapture(options)) {
    KnownCamera known = {photo.name, photo.lens.camera, {-0.12, 0.07, -0.03, 0.01}, 0.002, -0.0015};
    known.camera.cx += 4.25;
    known.camera.cy -= 2.5;
    cameras.push_back(known);
  }
  return cameras;
}

// The pixel as the manuals of both programs have it.
Vec2<double> PixelOf(const KnownCamera& known, const Vec3<double>& in_world) {
  const Vec3<double> c = known.camera.camera_from_world * in_world;
  const double x = c.x / c.z, y = c.y / c.z, r2 = x * x + y * y;
  const double radial =
      1 + known.k[0] * r2 + known.k[1] * r2 * r2 + known.k[2] * std::pow(r2, 3) + known.k[3] * std::pow(r2, 4);
  const double xd = x * radial + known.p1 * (r2 + 2 * x * x) + 2 * known.p2 * x * y;
  const double yd = y * radial + known.p2 * (r2 + 2 * y * y) + 2 * known.p1 * x * y;
  return {known.camera.cx + xd * (known.camera.fy + known.b1) + yd * known.b2, known.camera.cy + yd * known.camera.fy};
}

// Points in front of a camera, all over its image.
std::vector<Vec3<double>> PointsBefore(const Camera& camera) {
  std::vector<Vec3<double>> points;
  const Rigid3 world_from_camera = Inverse(camera.camera_from_world);
  for (int u = 0; u <= camera.width; u += camera.width / 8) {
    for (int v = 0; v <= camera.height; v += camera.height / 8) {
      const double z = 1 + 0.01 * u;
      points.push_back(world_from_camera *
                       Vec3<double>{(u - camera.cx) / camera.fx * z, (v - camera.cy) / camera.fy * z, z});
    }
  }
  return points;
}

void ExpectSamePixels(const std::vector<KnownCamera>& known, const SceneDescription& scene) {
  ASSERT_EQ(scene.photos.size(), known.size());
  for (size_t i = 0; i < known.size(); ++i) {
    const PosedPhoto& photo = scene.photos[i];
    EXPECT_EQ(photo.name, known[i].name);
    EXPECT_EQ(photo.intrinsics.width, known[i].camera.width);
    EXPECT_EQ(photo.intrinsics.height, known[i].camera.height);
    const Lens lens = MakeLens(photo.intrinsics);
    for (const Vec3<double>& point : PointsBefore(known[i].camera)) {
      const Vec3<double> c = photo.camera_from_world * point;
      const Vec2<double> bent = Distort(lens, {c.x / c.z, c.y / c.z}), expected = PixelOf(known[i], point);
      ASSERT_GT(c.z, 0) << photo.name;
      ASSERT_NEAR(lens.fx * bent.x + lens.cx, expected.x, kTolerance_px) << photo.name;
      ASSERT_NEAR(lens.fy * bent.y + lens.cy, expected.y, kTolerance_px) << photo.name;
    }
  }
}

std::ostringstream Text() {
  std::ostringstream text;
  text.precision(17);
  return text;
}

// A placement of a Metashape chunk or component in the world.
Similarity3 WorldFromChunk() {
  const double a = 0.7, c = std::cos(a), s = std::sin(a);
  return {12.5, {{{c, -s, 0}, {s * 0.6, c * 0.6, -0.8}, {s * 0.8, c * 0.8, 0.6}}}, {30, -20, 7}};
}

std::string TransformText(const Similarity3& world_from_chunk) {
  std::ostringstream text = Text();
  text << "<transform><rotation locked=\"true\">";
  for (int i = 0; i < 9; ++i) text << world_from_chunk.rotation(i / 3, i % 3) << " ";
  const Vec3<double>& t = world_from_chunk.translation;
  text << "</rotation><translation locked=\"true\">" << t.x << " " << t.y << " " << t.z << "</translation><scale>"
       << world_from_chunk.scale << "</scale></transform>";
  return text.str();
}

std::string SensorText(const KnownCamera& known) {
  const Camera& camera = known.camera;
  std::ostringstream text = Text();
  text << "<sensors next_id=\"1\"><sensor id=\"0\" label=\"unknown\" type=\"frame\"><resolution width=\""
       << camera.width << "\" height=\"" << camera.height
       << "\"/><calibration type=\"frame\" class=\"initial\"><f>1</f></calibration>"
       << "<calibration type=\"frame\" class=\"adjusted\"><resolution width=\"" << camera.width << "\" height=\""
       << camera.height << "\"/><f>" << camera.fy << "</f><cx>" << camera.cx - camera.width / 2.0 << "</cx><cy>"
       << camera.cy - camera.height / 2.0 << "</cy><b1>" << known.b1 << "</b1><b2>" << known.b2 << "</b2>";
  for (int i = 0; i < 4; ++i) text << "<k" << i + 1 << ">" << known.k[i] << "</k" << i + 1 << ">";
  text << "<p1>" << known.p1 << "</p1><p2>" << known.p2 << "</p2></calibration></sensor></sensors>";
  return text.str();
}

// camera to chunk, as 16 numbers.
std::string CameraText(const KnownCamera& known, size_t id, const Similarity3& world_from_chunk) {
  const Similarity3 chunk_from_world = Inverse(world_from_chunk);
  const Rigid3 world_from_camera = Inverse(known.camera.camera_from_world);
  const Mat3<double> r = chunk_from_world.rotation * world_from_camera.rotation;
  const Vec3<double> t = chunk_from_world * world_from_camera.translation;
  std::ostringstream text = Text();
  text << "<camera id=\"" << id << "\" sensor_id=\"0\" component_id=\"0\" label=\"" << known.name << "\"><transform>";
  const double position[] = {t.x, t.y, t.z};
  for (int i = 0; i < 3; ++i) text << r(i, 0) << " " << r(i, 1) << " " << r(i, 2) << " " << position[i] << " ";
  text << "0 0 0 1</transform><orientation>1</orientation></camera>\n";
  return text.str();
}

enum class Placement { kNone, kComponent, kChunk };

class MetashapeRoundTrip : public ::testing::TestWithParam<Placement> {};
INSTANTIATE_TEST_SUITE_P(Placements, MetashapeRoundTrip,
                         ::testing::Values(Placement::kNone, Placement::kComponent, Placement::kChunk));

TEST_P(MetashapeRoundTrip, PointsAreSeenAtTheSamePixels) {
  const TempDir folder;
  std::vector<KnownCamera> known = KnownCameras();
  for (KnownCamera& camera : known) {
    camera.b1 = 1.5;
    camera.b2 = -0.75;
  }
  const Placement placement = GetParam();
  const Similarity3 world_from_chunk = placement == Placement::kNone ? Similarity3() : WorldFromChunk();
  std::string cameras;
  for (size_t i = 0; i < known.size(); ++i) cameras += CameraText(known[i], i, world_from_chunk);
  const std::string own = placement == Placement::kComponent ? TransformText(world_from_chunk) : "";
  const std::string of_chunk = placement == Placement::kChunk ? TransformText(world_from_chunk) : "";
  WriteBytes(folder / "cameras.xml",
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document version=\"2.0.0\"><chunk label=\"Chunk 1\">" +
                 SensorText(known[0]) + "<components><component id=\"0\">" + own + "</component></components>" +
                 "<cameras next_id=\"6\">" + cameras + "</cameras>" + of_chunk + "</chunk></document>\n");
  ASSERT_TRUE(IsMetashapeXml(folder / "cameras.xml"));
  const SceneDescription scene = ReadMetashape(folder / "cameras.xml", "/photos");
  EXPECT_TRUE(scene.warnings.empty());
  ExpectSamePixels(known, scene);
}

// The angles by what they mean: the camera's up axis points to the heading, clockwise from y, and is raised by the
// pitch; the roll turns about it.
std::string RealityCaptureRow(const KnownCamera& known, double unit) {
  const Rigid3 world_from_camera = Inverse(known.camera.camera_from_world);
  const Mat3<double>& r = world_from_camera.rotation;
  const Vec3<double> right = {r(0, 0), r(1, 0), r(2, 0)}, up = {-r(0, 1), -r(1, 1), -r(2, 1)},
                     back = {-r(0, 2), -r(1, 2), -r(2, 2)}, &at = world_from_camera.translation;
  const Camera& camera = known.camera;
  const double longer_side = std::max(camera.width, camera.height);
  std::ostringstream text = Text();
  text << known.name << "," << at.x << "," << at.y << "," << at.z << "," << std::atan2(up.x, up.y) * kDegreesPerRadian
       << "," << std::asin(up.z) * kDegreesPerRadian << "," << std::atan2(-right.z, back.z) * kDegreesPerRadian << ","
       << 36 * camera.fx / longer_side << "," << (camera.cx - camera.width / 2.0) / longer_side * unit << ","
       << (camera.cy - camera.height / 2.0) / longer_side * unit;
  for (const double k : known.k) text << "," << k;
  text << "," << known.p1 << "," << known.p2 << "\r\n";
  return text.str();
}

class RealityCaptureRoundTrip : public ::testing::Test {
 protected:
  RealityCaptureRoundTrip() {
    std::filesystem::create_directory(folder_ / "images");
    for (const KnownCamera& camera : known_) {
      WriteImage(folder_ / ("images/" + camera.name), Image8(camera.camera.width, camera.camera.height, 3));
    }
  }
  SceneDescription Read(const std::string& header, double unit) {
    std::string text = header + "\r\n";
    for (const KnownCamera& camera : known_) text += RealityCaptureRow(camera, unit);
    WriteBytes(folder_ / "cameras.csv", text);
    EXPECT_TRUE(IsRealityCaptureCsv(folder_ / "cameras.csv"));
    return ReadRealityCapture(folder_ / "cameras.csv", folder_ / "images");
  }
  std::vector<KnownCamera> known_ = KnownCameras();
  TempDir folder_;
};

TEST_F(RealityCaptureRoundTrip, PointsAreSeenAtTheSamePixels) {
  for (const char* header : {"#name,x,y,alt,heading,pitch,roll,f,px,py,k1,k2,k3,k4,t1,t2",
                             "#cameras 6\r\n#name,x,y,alt,yaw,pitch,roll,f_35mm,px_norm,py_norm,k1,k2,k3,k4,t1,t2"}) {
    const SceneDescription scene = Read(header, 1);
    EXPECT_TRUE(scene.warnings.empty()) << header;
    ExpectSamePixels(known_, scene);
  }
}

// Bundler's cameras look along -z with y up; its lens has two coefficients and its principal point in the centre.
TEST_F(RealityCaptureRoundTrip, BundlersCamerasToo) {
  std::ostringstream text = Text();
  std::string list;
  text << "# Bundle file v0.3\n" << known_.size() << " 1\n";
  for (KnownCamera& known : known_) {
    known.camera.cx = known.camera.width / 2.0;
    known.camera.cy = known.camera.height / 2.0;
    known.k[2] = known.k[3] = known.p1 = known.p2 = 0;
    const Rigid3& pose = known.camera.camera_from_world;
    text << known.camera.fx << " " << known.k[0] << " " << known.k[1] << "\n";
    const double signs[] = {1, -1, -1};
    for (int i = 0; i < 9; ++i) text << signs[i / 3] * pose.rotation(i / 3, i % 3) << (i % 3 == 2 ? "\n" : " ");
    text << pose.translation.x << " " << -pose.translation.y << " " << -pose.translation.z << "\n";
    list += "C:\\export\\" + known.name + " 0 532.5\n";
  }
  text << "1 2 3\n255 128 0\n2 0 17 1.5 2.5 1 3 4 5\n";
  WriteBytes(folder_ / "bundle.out", text.str());
  WriteBytes(folder_ / "list.txt", list);
  ASSERT_TRUE(IsBundlerFile(folder_ / "bundle.out"));
  SceneDescription scene = ReadBundler(folder_ / "bundle.out", folder_ / "images");
  EXPECT_TRUE(scene.warnings.empty());
  ASSERT_EQ(scene.points.positions.size(), 1u);
  EXPECT_EQ(scene.points.positions[0].z, 3);
  EXPECT_EQ(scene.points.colors[0].y, 128);
  for (PosedPhoto& photo : scene.photos) photo.name = std::filesystem::path(photo.name).filename().string();
  ExpectSamePixels(known_, scene);
}

TEST_F(RealityCaptureRoundTrip, PrincipalPointsInMillimetresAreKnownByTheirSize) {
  const SceneDescription scene = Read("#name,x,y,alt,heading,pitch,roll,f,px,py,k1,k2,k3,k4,t1,t2", 36);
  EXPECT_EQ(scene.warnings.size(), 1u);
  ExpectSamePixels(known_, scene);
}

}  // namespace
}  // namespace splat::data
