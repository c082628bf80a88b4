// What a run's folder says of the run, and where its photos and poses are found again.
#include "pipeline/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/check.h"
#include "data/dataset/dataset.h"
#include "data/poses/pose_source.h"
#include "io/atomic_file.h"
#include "pipeline/run_files.h"
#include "tests/support/ball_photos.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"

namespace splat::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

namespace fs = std::filesystem;

class RunFolderTest : public ::testing::Test {
 protected:
  RunFolderTest() {
    testing::WriteBallPhotos(folder_ / "balls");
    fs::create_directories(folder_ / "out");
    options_.images = "balls/images";
    options_.dataset.downscale = 2;
    options_.dataset.max_image_size = 500;
    options_.dataset.test_every = 4;
    options_.dataset.invert_masks = true;
    options_.dataset.alpha = "mask";
    options_.dataset.borders = "off";
    options_.config.background = {1, 0.5, 0};
  }

  void WriteRun() const { WriteRunConfig(folder_ / "out/config.json", options_, {}); }
  void WriteText(const std::string& name, const std::string& text) const {
    WriteFileAtomically(folder_ / name, [&](std::ostream& out) { out << text; });
  }
  RunFolder Read() const { return ReadRunFolder(folder_ / "out").value(); }

  testing::TempDir folder_;
  RunOptions options_;
};

TEST_F(RunFolderTest, SaysWhatTheRunWasToldAndWhichCamerasItHad) {
  WriteRun();
  EXPECT_THAT(Read().cameras, SizeIs(0));
  SerialExecutor executor;
  const auto dataset = data::BuildDataset(data::ReadPoses(folder_ / "balls/sparse/0", folder_ / "balls/images"),
                                          options_.dataset, executor, {});
  WriteCameras(folder_ / "out/cameras.json", dataset);
  const RunFolder run = Read();
  EXPECT_EQ(run.images, "balls/images");
  EXPECT_EQ(run.poses, "auto");
  EXPECT_EQ(run.dataset.downscale, 2);
  EXPECT_EQ(run.dataset.max_image_size, 500);
  EXPECT_EQ(run.dataset.test_every, 4);
  EXPECT_TRUE(run.dataset.invert_masks);
  EXPECT_EQ(run.dataset.alpha, "mask");
  EXPECT_EQ(run.dataset.borders, "off");
  EXPECT_EQ(run.dataset.background, (std::array<float, 3>{1, 0.5f, 0}));
  ASSERT_THAT(run.cameras, SizeIs(8));
  EXPECT_EQ(run.cameras[4].split, Split::kTest);
  EXPECT_EQ(run.cameras[4].camera.width, 32);
}

TEST_F(RunFolderTest, SaysWhatBecameOfTheLenses) {
  WriteRun();
  EXPECT_THAT(Read().focal_factors, SizeIs(0));
  RunSummary summary;
  summary.training.focal_changes = {0.01, -0.02};
  summary.training.distortion_changes = {0.03, 0};
  WriteMetrics(folder_ / "out/metrics.json", summary);
  EXPECT_EQ(Read().focal_factors, (std::vector<double>{std::exp(0.01), std::exp(-0.02)}));
  EXPECT_EQ(Read().distortion_changes, (std::vector<double>{0.03, 0}));
  summary.training.focal_changes = summary.training.distortion_changes = {};
  WriteMetrics(folder_ / "out/metrics.json", summary);
  EXPECT_THAT(Read().focal_factors, SizeIs(0));
  EXPECT_THAT(Read().distortion_changes, SizeIs(0));
  WriteText("out/metrics.json", "{\"train\": {\"focal_factors\": 3}}");
  EXPECT_THAT(testing::ErrorMessageOf([&] { Read(); }), HasSubstr("out/metrics.json: says what became of the lenses"));
}

TEST_F(RunFolderTest, PathsThatAreNoUtf8ComeBack) {
  options_.images = "f\xFCr/images";
  options_.poses = "f\xFCr/sparse";
  options_.dataset.masks = "f\xFCr/masks";
  WriteRun();
  EXPECT_EQ(Read().images, "f\xFCr/images");
  EXPECT_EQ(Read().poses, "f\xFCr/sparse");
  EXPECT_EQ(Read().dataset.masks, "f\xFCr/masks");
}

TEST_F(RunFolderTest, PosesThatAreNotFoundHaveTheTrueReason) {
  options_.images = folder_ / "balls/images";
  WriteRun();
  const auto error_of = [&](const std::string& photos) {
    return testing::ErrorMessageOf([&] { PosesOfRun(Read(), data::OpenPhotoFolder(photos)); });
  };
  EXPECT_EQ(error_of(options_.images), "") << "its poses lie with them";
  fs::create_directories(folder_ / "other");
  fs::copy(options_.images, folder_ / "other/photos");
  EXPECT_THAT(error_of(folder_ / "other/photos"),
              AllOf(StartsWith(folder_ / "other/photos: holds other photos than those of the run"),
                    HasSubstr("--cameras"), Not(HasSubstr("COLMAP"))));
  fs::remove_all(folder_ / "balls/sparse");
  EXPECT_THAT(error_of(options_.images), HasSubstr("no poses of its photos lie with them in"));
  options_.poses = "sfm";
  WriteRun();
  EXPECT_THAT(error_of(options_.images), HasSubstr("has no folder sfm any more"));
}

TEST_F(RunFolderTest, OtherProgramsConfigurationsAreNone) {
  EXPECT_FALSE(ReadRunFolder(folder_ / "out"));
  EXPECT_FALSE(ReadRunFolder(folder_ / "nowhere"));
  EXPECT_EQ(DamageOfRun(folder_ / "nowhere"), "");
  WriteText("out/config.json", "{\"input\": {");
  EXPECT_THAT(DamageOfRun(folder_ / "out"), HasSubstr("out/config.json: line 1, column 12: is not valid JSON"));
  WriteText("out/config.json", "{\"model\": 1}");
  EXPECT_EQ(DamageOfRun(folder_ / "out"), "");
  WriteText("out/config.json", "{\"version\": \"1\", \"command_line\": \"\", \"training\": {}}");
  EXPECT_THAT(DamageOfRun(folder_ / "out"), HasSubstr("out/config.json: has no 'input'"));
  for (const char* text : {"{\"model\": 1}", "[1, 2]", "no JSON"}) {
    WriteText("out/config.json", text);
    EXPECT_FALSE(ReadRunFolder(folder_ / "out")) << text;
  }
}

TEST_F(RunFolderTest, ADamagedOneOfOursIsNamed) {
  WriteText("out/config.json", "{\"input\": {\"images\": 5}, \"training\": {}}");
  EXPECT_THAT(testing::ErrorMessageOf([&] { Read(); }), HasSubstr("out/config.json: lacks"));
}

TEST_F(RunFolderTest, AValueThatNoRunCanHaveHadIsNamed) {
  options_.dataset.downscale = -3;
  WriteRun();
  EXPECT_THAT(testing::ErrorMessageOf([&] { Read(); }),
              HasSubstr("out/config.json: its downscale is -3, not between 1 and 64"));
  options_.dataset.downscale = 1;
  options_.dataset.alpha = "glow";
  WriteRun();
  EXPECT_THAT(testing::ErrorMessageOf([&] { Read(); }), HasSubstr("its alpha is glow, not one of background, ignore"));
}

// The working folder of this test is another than that of the run.
TEST_F(RunFolderTest, FindsPathsBesideTheRunsFolder) {
  WriteRun();
  EXPECT_TRUE(fs::equivalent(FoundPath(Read(), "balls/images"), folder_ / "balls/images"));
  EXPECT_EQ(FoundPath(Read(), "balls/gone"), "balls/gone");
  fs::create_directories(folder_ / "drop");
  options_.dataset.masks = "drop";
  WriteRun();
  EXPECT_TRUE(fs::equivalent(Read().dataset.masks, folder_ / "drop"));
  EXPECT_EQ(FoundPath(Read(), "/nowhere"), "/nowhere");
}

TEST_F(RunFolderTest, TakesThePosesOfTheRunAgain) {
  const data::PhotoFolder photos = data::OpenPhotoFolder(folder_ / "balls/images");
  WriteRun();
  EXPECT_THAT(PosesOfRun(Read(), photos).photos, SizeIs(8));
  options_.poses = "balls/sparse/0";
  WriteRun();
  EXPECT_THAT(PosesOfRun(Read(), photos).photos, SizeIs(8));
  options_.poses = "sfm";
  WriteRun();
  EXPECT_THAT(testing::ErrorMessageOf([&] { PosesOfRun(Read(), photos); }), HasSubstr("--cameras"));
  fs::create_directories(folder_ / "out/sfm/sparse");
  fs::copy(folder_ / "balls/sparse/0", folder_ / "out/sfm/sparse/0");
  EXPECT_THAT(PosesOfRun(Read(), photos).photos, SizeIs(8));
}

}  // namespace
}  // namespace splat::pipeline
