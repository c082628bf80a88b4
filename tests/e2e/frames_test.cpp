// splat-train and splat-render on one capture in frames of every unit and origin, with --no-align and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/photos/image_io.h"
#include "formats/exporter.h"
#include "io/read_file.h"
#include "tests/support/ball_photos.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using ::splat::testing::BallPhotos;
using ::splat::testing::ProcessOutput;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;
using ::splat::testing::WriteBallPhotos;
using ::testing::HasSubstr;
using Json = nlohmann::json;

const char* const kTrain = SPLAT_BINARY_DIR "/apps/splat-train";
const char* const kRender = SPLAT_BINARY_DIR "/apps/splat-render";
const char* const kExport = SPLAT_BINARY_DIR "/apps/splat-export";

constexpr double kCameraRadius = 4, kCameraHeight = -1.2;  // of the circle of tests/support/ball_photos.cpp
constexpr double kPsnrTolerance_db = 0.1;
constexpr double kMeanTolerance = 0.05;  // of 255: floats of another unit round a few values the other way

Json ReadJson(const std::string& path) {
  return Json::parse(ReadFile(path));
}

double MeanDifference(const std::string& a_path, const std::string& b_path) {
  const Image8 a = data::ReadPhoto(a_path).image, b = data::ReadPhoto(b_path).image;
  if (a.pixels.size() != b.pixels.size()) return 256;
  double sum = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / double(a.pixels.size());
}

class Frames : public ::testing::Test {
 protected:
  // Trains on the capture in a frame; returns what was printed.
  std::string Train(double unit, const Vec3<double>& origin, const std::vector<std::string>& further) {
    BallPhotos options;
    options.unit = unit;
    options.origin = origin;
    std::filesystem::remove_all(folder_ / "balls");
    WriteBallPhotos(folder_ / "balls", options);
    std::vector<std::string> command = {kTrain,         "--images", folder_ / "balls", "--output", folder_ / "out",
                                        "--iterations", "200",      "--test-every",    "4",        "--overwrite",
                                        "--export",     "ply",      "--save-renders"};
    command.insert(command.end(), further.begin(), further.end());
    const ProcessOutput output = RunProgram(command, 600);
    EXPECT_EQ(output.exit_code, 0) << output.err;
    EXPECT_EQ(output.err, "");
    return output.out;
  }

  double Psnr() { return ReadJson(folder_ / "out/metrics.json")["test"]["psnr"]; }

  // splat-render draws the file as the training did, from its own cameras and from those of the source.
  void ExpectSameRenders() {
    for (const char* cameras : {"out/cameras.json", "balls/sparse/0"}) {
      const ProcessOutput output = RunProgram(
          {kRender, folder_ / "out/scene.ply", "--cameras", folder_ / cameras, "--output", folder_ / "views"});
      EXPECT_EQ(output.exit_code, 0) << output.err;
      for (const std::string name : {"photo_00", "photo_04"}) {
        EXPECT_LE(
            MeanDifference(folder_ / ("views/" + name + ".png"), folder_ / ("out/renders/" + name + "_render.png")),
            kMeanTolerance)
            << cameras;
      }
    }
  }

  // scene_transform.json takes the cameras back to the circle that the source has them on.
  void ExpectWayBack(double unit, const Vec3<double>& origin) {
    const Json matrix = ReadJson(folder_ / "out/scene_transform.json")["source_from_scene"]["matrix"];
    const double tolerance = 1e-6 + 1e-7 * (Norm(origin) / 1e7) / unit;  // doubles have steps of 2e-9 at 10^7
    for (const Json& camera : ReadJson(folder_ / "out/cameras.json")) {
      double place[3];
      for (int i = 0; i < 3; ++i) {
        place[i] = matrix[i][3].get<double>() - (i == 0 ? origin.x : i == 1 ? origin.y : origin.z);
        for (int j = 0; j < 3; ++j) place[i] += double(matrix[i][j]) * double(camera["position"][j]);
      }
      EXPECT_NEAR(std::hypot(place[0], place[2]) / unit, kCameraRadius, tolerance);
      EXPECT_NEAR(place[1] / unit, kCameraHeight, tolerance);
    }
  }

  TempDir folder_;
};

TEST_F(Frames, UnitAndOriginOfTheSourceChangeNothing) {
  Train(1, {0, 0, 0}, {});
  const double expected_db = Psnr();
  ExpectSameRenders();
  EXPECT_GT(expected_db, 15);  // of 6 photos, 64 px wide; was 16.0
  struct Case {
    double unit;
    Vec3<double> origin;
    bool is_local;
  };
  const Case cases[] = {{1, {0, 0, 0}, false},     {1e-4, {0, 0, 0}, false}, {1e4, {0, 0, 0}, false},
                        {1e4, {1e7, 0, 0}, false}, {1, {1e7, 0, 0}, true},   {1, {0, -1e7, 1e7}, true}};
  for (const Case& frame : cases) {
    SCOPED_TRACE(frame.unit);
    SCOPED_TRACE(frame.origin.x);
    for (const bool align : {true, false}) {
      SCOPED_TRACE(align);
      if (align && frame.unit == 1 && !frame.is_local) continue;  // the first run
      const std::string printed =
          Train(frame.unit, frame.origin, align ? std::vector<std::string>() : std::vector<std::string>{"--no-align"});
      const bool says_local = printed.find("the files are in a local frame") != std::string::npos;
      EXPECT_EQ(says_local, !align && frame.is_local) << printed;
      EXPECT_NEAR(Psnr(), expected_db, kPsnrTolerance_db);
      const Json file = ReadJson(folder_ / "out/metrics.json")["files"][0];
      EXPECT_NEAR(file["loss_db"], 0, 0.02);
      EXPECT_GT(file["agreement_db"], 50);
      ExpectSameRenders();
      ExpectWayBack(frame.unit, frame.origin);
    }
  }
}

// Without alignment the files are in the source's frame: the scene is where the source has it.
TEST_F(Frames, WithoutAlignmentFilesAreInTheFrameOfTheSource) {
  Train(100, {5000, 0, 0}, {"--no-align"});
  const Json transform = ReadJson(folder_ / "out/scene_transform.json");
  EXPECT_EQ(transform["source_from_scene"]["scale"], 1);
  EXPECT_EQ(transform["source_from_scene"]["translation"], Json({0, 0, 0}));
  EXPECT_NEAR(transform["near"], 0.05 * 100 * std::hypot(kCameraRadius, kCameraHeight), 0.1);
  const Json camera = ReadJson(folder_ / "out/cameras.json")[0];
  EXPECT_NEAR(camera["position"][0], 5000, 1e-6);
  EXPECT_NEAR(camera["position"][2], -100 * kCameraRadius, 1e-6);
}

// What a page gives its viewer of poses.
Json SettingsOf(const std::string& page) {
  const std::string bytes = ReadFile(page), mark = "id=\"sse-bootstrap\">";
  const size_t begin = bytes.find(mark) + mark.size();
  return Json::parse(bytes.substr(begin, bytes.find("</script>", begin) - begin))["settings"];
}

// A page that is made later lies in the frame of the training's own.
TEST_F(Frames, AnExportedPageOfASceneThatIsNotAlignedIsUpright) {
  if (!formats::WhatLacks(formats::ExporterNamed("html")).empty()) GTEST_SKIP() << "this build has no page";
  constexpr double kFloats = 1e-3;  // of the page's units: floats of the source's frame
  WriteBallPhotos(folder_ / "balls", {8, 64, 48, ".png", 100});
  const ProcessOutput trained = RunProgram({kTrain, "--images", folder_ / "balls", "--output", folder_ / "out",
                                            "--iterations", "60", "--no-align", "--export", "ply,html"},
                                           600);
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  const ProcessOutput exported = RunProgram({kExport, folder_ / "out/scene.ply", folder_ / "page.html"});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  const Json first = SettingsOf(folder_ / "out/scene.html"), later = SettingsOf(folder_ / "page.html");
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 4; ++column) {
      EXPECT_NEAR(later["sceneFromPage"][row][column], first["sceneFromPage"][row][column], 1e-6);
    }
    for (const char* key : {"position", "target"}) {
      EXPECT_NEAR(later["cameras"][0]["initial"][key][row], first["cameras"][0]["initial"][key][row], kFloats) << key;
    }
  }
  const ProcessOutput orbit =
      RunProgram({kRender, folder_ / "out/scene.ply", "--orbit", "2", "--width", "64", "--output", folder_ / "orbit"});
  EXPECT_EQ(orbit.exit_code, 0) << orbit.err;
}

// Every format shows the scene, or says that it cannot and leaves the others alone.
TEST_F(Frames, AFormatThatCannotHoldTheUnitSaysSo) {
  WriteBallPhotos(folder_ / "balls", {8, 64, 48, ".png", 1e-4});
  const ProcessOutput output =
      RunProgram({kTrain, "--images", folder_ / "balls", "--output", folder_ / "out", "--iterations", "100",
                  "--no-align", "--export", "spz,ply,compressed.ply,splat,sog,glb"},
                 600);
  EXPECT_EQ(output.exit_code, 1) << "one file is lacking";
  EXPECT_THAT(output.err, HasSubstr("scene.spz"));
  EXPECT_THAT(output.err, HasSubstr("SPZ cannot hold"));
  for (const Json& file : ReadJson(folder_ / "out/metrics.json")["files"]) {
    EXPECT_GT(file["agreement_db"], 30) << file["format"];
  }
  EXPECT_EQ(ReadJson(folder_ / "out/metrics.json")["files"].size(), 5u);
  const ProcessOutput converted =
      RunProgram({kExport, folder_ / "out/scene.ply", folder_ / "converted.compressed.ply"});
  EXPECT_EQ(converted.exit_code, 0) << converted.err;
}

// What was trained is not lost where the only format that was asked for cannot hold it.
TEST_F(Frames, ASceneThatItsFormatCannotHoldIsKeptAsPly) {
  WriteBallPhotos(folder_ / "balls", {8, 64, 48, ".png", 1e-4});
  const ProcessOutput output = RunProgram({kTrain, "--images", folder_ / "balls", "--output", folder_ / "out",
                                           "--iterations", "60", "--no-align", "--export", "spz"},
                                          600);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, HasSubstr("SPZ cannot hold"));
  EXPECT_THAT(output.err, HasSubstr("it is kept as PLY"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/scene.ply"));
  EXPECT_GT(ReadJson(folder_ / "out/metrics.json")["files"][0]["agreement_db"], 30);
}

// A scene that was moved away from its scene_transform.json, seen from the cameras of the source.
TEST_F(Frames, ImagesThatShowNothingAreAWarning) {
  Train(1, {1e7, 0, 0}, {});
  std::filesystem::create_directories(folder_ / "moved");
  std::filesystem::copy_file(folder_ / "out/scene.ply", folder_ / "moved/scene.ply");
  const ProcessOutput output = RunProgram(
      {kRender, folder_ / "moved/scene.ply", "--cameras", folder_ / "balls/sparse/0", "--output", folder_ / "views"});
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_THAT(output.err, HasSubstr("the images show next to nothing"));
}

}  // namespace
}  // namespace splat
