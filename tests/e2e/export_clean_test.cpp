// splat-export --clean: it takes floaters out of a file with the cameras of its run, and of nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "formats/inria_cameras.h"
#include "tests/support/ball_photos.h"
#include "tests/support/process.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using formats::ReadScene;
using ::splat::testing::AllOf;
using ::splat::testing::ProcessOutput;
using ::splat::testing::RandomCloud;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kExport = SPLAT_BINARY_DIR "/apps/splat-export";
const char* const kTrain = SPLAT_BINARY_DIR "/apps/splat-train";

// Adds a splat of the cloud again, small and dense, so far before the lens.
void PlantSpeck(const Camera& camera, double depth, SplatCloud& cloud) {
  const Vec3<double> place = Inverse(camera.camera_from_world) * Vec3<double>{0.1 * depth, 0, depth};
  for (int array = 0; array < kSplatArrays; ++array) {
    const int width = WidthOf(array, cloud.sh_rest_count);
    const std::vector<float> first(cloud[array].begin(), cloud[array].begin() + width);
    cloud[array].insert(cloud[array].end(), first.begin(), first.end());
  }
  const size_t last = cloud.means.size() - 3;
  const double numbers[] = {place.x, place.y, place.z};
  for (size_t k = 0; k < 3; ++k) {
    cloud.means[last + k] = float(numbers[k]);
    cloud.log_scales[last + k] = float(std::log(0.05 * std::abs(depth)));
  }
  cloud.opacity_logits.back() = 2;
}

// Training cameras on an arc before the cloud: none sees the lens of another.
std::vector<NamedCamera> ArcOfCameras() {
  std::vector<NamedCamera> cameras;
  for (int i = 0; i < 8; ++i) {
    NamedCamera named;
    named.name = std::to_string(i);
    named.camera = {160, 120, 130, 130, 80, 60, {}};
    const double angle = 0.15 * (i - 3.5);
    named.camera.camera_from_world.rotation = {
        {{std::cos(angle), 0, std::sin(angle)}, {0, 1, 0}, {-std::sin(angle), 0, std::cos(angle)}}};
    named.camera.camera_from_world.translation = {0, 0, 9};
    cameras.push_back(named);
  }
  return cameras;
}

class ExportClean : public ::testing::Test {
 protected:
  ProcessOutput Export(const std::string& from, const std::string& to, const std::vector<std::string>& further) {
    std::vector<std::string> command = {kExport, folder_ / from, folder_ / to, "--overwrite"};
    command.insert(command.end(), further.begin(), further.end());
    return RunProgram(command);
  }
  void Write(const std::string& name, const SplatCloud& cloud) {
    formats::WriteScene(folder_ / name, formats::ExporterFor(folder_ / name), AllOf(cloud));
  }

  TempDir folder_;
  const SplatCloud cloud_ = RandomCloud(400, 1);
  const std::vector<NamedCamera> cameras_ = ArcOfCameras();
};

TEST_F(ExportClean, TakesOutWhatOnlyOneLensSees) {
  formats::WriteInriaCameras(folder_ / "cameras.json", cameras_);
  Write("good.ply", cloud_);
  SplatCloud planted = cloud_;
  PlantSpeck(cameras_[3].camera, 0.6, planted);
  for (const char* format : {"ply", "spz", "splat"}) {
    SCOPED_TRACE(format);
    const std::string file = std::string("planted.") + format, clean = std::string("clean.") + format;
    Write(file, planted);
    ASSERT_EQ(Export("good.ply", std::string("good_clean.") + format, {"--clean"}).exit_code, 0);
    const ProcessOutput output = Export(file, clean, {"--clean"});
    EXPECT_EQ(output.exit_code, 0) << output.err;
    EXPECT_EQ(output.err, "");
    EXPECT_THAT(output.out, HasSubstr("of 401 splats: "));
    EXPECT_THAT(output.out, HasSubstr("1 in the near zone of a camera only"));
    const SplatCloud left = ReadScene(folder_ / clean);
    EXPECT_EQ(left.count(), ReadScene(folder_ / (std::string("good_clean.") + format)).count());
    EXPECT_GT(left.count(), 350);
    const Vec3<double> lens = CameraCenterInWorld(cameras_[3].camera);
    for (int64_t i = 0; i < left.count(); ++i) {
      const float* mean = &left.means[size_t(3 * i)];
      EXPECT_GT(Norm(Vec3<double>{mean[0], mean[1], mean[2]} - lens), 1);
    }
  }
}

TEST_F(ExportClean, HeldOutCamerasSupportNothing) {
  std::vector<NamedCamera> cameras = cameras_;
  for (size_t i = 1; i < cameras.size(); ++i) cameras[i].split = Split::kTest;
  formats::WriteInriaCameras(folder_ / "cameras.json", cameras);
  Write("scene.ply", cloud_);
  const ProcessOutput output = Export("scene.ply", "clean.ply", {"--clean"});
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_THAT(output.err, HasSubstr("--clean removes nothing: all photos were taken from one place"));
  EXPECT_EQ(ReadScene(folder_ / "clean.ply").count(), 400);
}

TEST_F(ExportClean, NeverEmptiesAScene) {
  std::vector<NamedCamera> cameras = cameras_;
  for (NamedCamera& named : cameras) named.camera.camera_from_world.translation.z -= 1000;  // look past it
  formats::WriteInriaCameras(folder_ / "others.json", cameras);
  Write("scene.ply", cloud_);
  const ProcessOutput output = Export("scene.ply", "clean.ply", {"--clean", "--cameras", folder_ / "others.json"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(ReadScene(folder_ / "clean.ply").count(), 400);
  EXPECT_THAT(output.err, HasSubstr("scene.ply: --clean removes nothing: "));
  EXPECT_THAT(output.err, HasSubstr("do not seem to be those of this scene"));
}

TEST_F(ExportClean, SaysInOneLineThatItNeedsCameras) {
  Write("scene.ply", cloud_);
  const ProcessOutput none = Export("scene.ply", "clean.ply", {"--clean"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("scene.ply: --clean needs the cameras that the scene was trained on"));
  EXPECT_EQ(std::count(none.err.begin(), none.err.end(), '\n'), 1) << none.err;
  const ProcessOutput missing = Export("scene.ply", "clean.ply", {"--clean", "--cameras", folder_ / "none.json"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("none.json"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "clean.ply"));
}

// A run's folder has all that is needed, whatever frame its files are in.
TEST_F(ExportClean, TakesTheCamerasOfTheRun) {
  testing::WriteBallPhotos(folder_ / "balls");
  for (const char* frame : {"--align", "--no-align"}) {
    SCOPED_TRACE(frame);
    std::vector<std::string> command = {
        kTrain,     "--images", folder_ / "balls/images", "--output", folder_ / "out", "--overwrite",
        "--export", "ply",      "--iterations",           "30",       "--test-every",  "4"};
    if (std::string(frame) == "--no-align") command.emplace_back(frame);
    ASSERT_EQ(RunProgram(command, 300).exit_code, 0);
    SplatCloud scene = ReadScene(folder_ / "out/scene.ply");
    ASSERT_EQ(Export("out/scene.ply", "out/clean.ply", {"--clean"}).exit_code, 0);
    const int64_t good = ReadScene(folder_ / "out/clean.ply").count();
    EXPECT_GT(good, scene.count() / 2);
    const std::vector<NamedCamera> cameras = formats::ReadInriaCameras(folder_ / "out/cameras.json");
    const Vec3<double> across = CameraCenterInWorld(cameras[1].camera) - CameraCenterInWorld(cameras[5].camera);
    PlantSpeck(cameras[1].camera, -5 * Norm(across), scene);  // far behind it
    Write("out/planted.ply", scene);
    const ProcessOutput output = Export("out/planted.ply", "out/planted_clean.ply", {"--clean"});
    EXPECT_EQ(output.exit_code, 0) << output.err;
    EXPECT_THAT(output.out, Not(HasSubstr(" 0 that no photo shows")));
    EXPECT_EQ(ReadScene(folder_ / "out/planted_clean.ply").count(), good);
  }
}

}  // namespace
}  // namespace splat
