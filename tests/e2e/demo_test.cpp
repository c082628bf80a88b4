// The quickstart in small: photos of the demonstration scene, the real COLMAP, training, and the quality on photos that
// were held out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/read_file.h"
#include "tests/support/colmap.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using ::splat::testing::ProcessOutput;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;

constexpr int kPhotos = 32;
constexpr int kFewestRegistered = 31;  // 95 %
// 28.1 dB was seen with COLMAP 3.8; a decibel and a half is left for the poses of other versions.
constexpr double kLowestPsnr = 26.5;

TEST(Demonstration, PhotosBecomeASceneThatShowsHeldOutViews) {
  SPLAT_COLMAP_OR_SKIP();
  const TempDir folder;
  const ProcessOutput capture = RunProgram({SPLAT_BINARY_DIR "/apps/splat-capture", folder / "demo", "--photos",
                                            std::to_string(kPhotos), "--width", "320", "--height", "240", "--quiet"},
                                           300);
  ASSERT_EQ(capture.exit_code, 0) << capture.err;
  const ProcessOutput train =
      RunProgram({SPLAT_BINARY_DIR "/apps/splat-train", "--images", folder / "demo/photos", "--poses", "sfm",
                  "--test-every", "8", "--iterations", "1500", "--output", folder / "scene"},
                 1200);
  ASSERT_EQ(train.exit_code, 0) << train.err << train.out;
  const auto metrics = nlohmann::json::parse(ReadFile(folder / "scene/metrics.json"));
  EXPECT_EQ(metrics["sfm"]["given"], kPhotos);
  EXPECT_GE(metrics["sfm"]["registered"].get<int>(), kFewestRegistered);
  EXPECT_EQ(metrics["test"]["views"].size(), 4u);
  EXPECT_GE(metrics["test"]["psnr"].get<double>(), kLowestPsnr);
  RecordProperty("psnr", metrics["test"]["psnr"].dump());
  EXPECT_TRUE(std::filesystem::exists(folder / "scene/scene.ply"));
}

// 23.3 dB was seen, and 14.9 dB where each rotation of the truth was replaced by its inverse.
constexpr double kLowestPsnrOfKnownPoses = 22;

TEST(Demonstration, KnownPosesOfImperfectPhotosNeedNoColmap) {
  const TempDir folder;
  const ProcessOutput capture =
      RunProgram({SPLAT_BINARY_DIR "/apps/splat-capture", folder / "demo", "--photos", "16", "--width", "160",
                  "--height", "120", "--k1", "-0.1", "--k2", "0.02", "--exif-rotation", "--mixed-sizes", "--quiet"},
                 300);
  ASSERT_EQ(capture.exit_code, 0) << capture.err;
  const ProcessOutput train =
      RunProgram({SPLAT_BINARY_DIR "/apps/splat-train", "--images", folder / "demo/photos", "--poses",
                  folder / "demo/truth", "--test-every", "8", "--iterations", "300", "--output", folder / "scene"},
                 600);
  ASSERT_EQ(train.exit_code, 0) << train.err << train.out;
  const auto metrics = nlohmann::json::parse(ReadFile(folder / "scene/metrics.json"));
  EXPECT_TRUE(metrics["sfm"].is_null());
  EXPECT_EQ(metrics["train"]["views"], 14);
  EXPECT_EQ(metrics["test"]["views"].size(), 2u);
  EXPECT_GE(metrics["test"]["psnr"].get<double>(), kLowestPsnrOfKnownPoses);
  EXPECT_TRUE(std::filesystem::exists(folder / "scene/scene.ply"));
}

// The line in which a training says what --color auto found and chose, with poses that come without points.
std::string ChoiceWithoutPoints(const TempDir& folder, const std::string& jitter) {
  const std::string demo = folder / ("demo" + jitter);
  const ProcessOutput capture =
      RunProgram({SPLAT_BINARY_DIR "/apps/splat-capture", demo, "--photos", "8", "--width", "96", "--height", "72",
                  "--samples", "1", "--exposure-jitter", jitter, "--quiet"},
                 300);
  EXPECT_EQ(capture.exit_code, 0) << capture.err;
  std::filesystem::remove(demo + "/truth/points3D.txt");
  const ProcessOutput train =
      RunProgram({SPLAT_BINARY_DIR "/apps/splat-train", "--images", demo + "/photos", "--poses", demo + "/truth",
                  "--color", "auto", "--iterations", "2", "--export", "ply", "--output", folder / ("scene" + jitter)},
                 300);
  EXPECT_EQ(train.exit_code, 0) << train.err << train.out;
  const size_t begin = train.out.find("--color auto: ");
  return begin == std::string::npos ? train.out : train.out.substr(begin, train.out.find('\n', begin) - begin);
}

TEST(Demonstration, ExifTellsWhatPhotosDifferInWherePosesHaveNoPoints) {
  const TempDir folder;
  EXPECT_THAT(ChoiceWithoutPoints(folder, "0.7"), ::testing::EndsWith(" stops of light; exposure"));
  EXPECT_THAT(ChoiceWithoutPoints(folder, "0"), ::testing::EndsWith(" differ by 0.00 stops of light; off"));
}

}  // namespace
}  // namespace splat
