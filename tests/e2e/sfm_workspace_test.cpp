// The real COLMAP as a guest: what it leaves behind, what it says when it fails, and photos that fall apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "core/random.h"
#include "data/photos/image_io.h"
#include "data/sfm/sfm.h"
#include "data/sfm/sfm_parts.h"
#include "io/atomic_file.h"
#include "tests/support/error_message.h"
#include "tests/support/small_capture.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using testing::ErrorMessageOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TempDir;

constexpr int kPhotos = 7;

class RealColmap : public ::testing::Test {
 protected:
  // One capture and one finished workspace for all tests.
  static void SetUpTestSuite() {
    if (std::system("command -v colmap > /dev/null 2>&1") != 0) return;
    shared_ = std::make_unique<TempDir>();
    fs::create_directories(*shared_ / "tmp");
    setenv("TMPDIR", (*shared_ / "tmp").c_str(), 1);  // of COLMAP, if it were not told otherwise
    photos_ = testing::WriteSmallCapture(*shared_ / "capture", kPhotos);
    RunSfm(photos_, *shared_ / "work", {}, {}, {});
  }
  static void TearDownTestSuite() {
    unsetenv("TMPDIR");
    shared_.reset();
  }
  void SetUp() override {
    if (!shared_) GTEST_SKIP() << "colmap is not installed";
  }

  static bool LeftNothing() { return fs::is_empty(*shared_ / "tmp"); }

  static std::unique_ptr<TempDir> shared_;
  static std::string photos_;
};
std::unique_ptr<TempDir> RealColmap::shared_;
std::string RealColmap::photos_;

TEST_F(RealColmap, LeavesNoLogFilesAndNothingTemporary) {
  const SfmResult result = RunSfm(photos_, *shared_ / "work", {}, {}, {});
  EXPECT_TRUE(result.resumed);
  EXPECT_GE(result.photos_registered, size_t(kPhotos - 1));
  EXPECT_TRUE(LeftNothing());
  EXPECT_FALSE(fs::exists(*shared_ / "work/colmap_tmp"));
}

TEST_F(RealColmap, LeavesNothingWhenItIsCancelledInAnyStage) {
  for (const SfmStage stage : {SfmStage::kFeatures, SfmStage::kMatching, SfmStage::kMapping}) {
    const std::string workspace = *shared_ / "cancelled";
    fs::remove_all(workspace);
    bool reached = false;
    SfmOptions options;
    options.cancelled = [&] { return reached; };
    const auto progress = [&](const SfmProgress& step) { reached |= step.stage == stage; };
    EXPECT_THROW(RunSfm(photos_, workspace, options, progress, {}), SfmCancelled);
    EXPECT_TRUE(LeftNothing());
    EXPECT_FALSE(fs::exists(workspace + "/colmap_tmp"));
  }
}

// Two rooms with other paint: no photo shows both.
TEST_F(RealColmap, EndsWithTheLargerOfTwoScenesInOneFolder) {
  const TempDir folder;
  const std::string other = testing::WriteSmallCapture(folder / "other", 5, 2);
  const std::string both = folder / "both";
  fs::create_directories(both);
  for (const auto& photo : fs::directory_iterator(photos_)) {
    fs::copy(photo, fs::path(both) / ("a_" + photo.path().filename().string()));
  }
  for (const auto& photo : fs::directory_iterator(other)) {
    fs::copy(photo, fs::path(both) / ("b_" + photo.path().filename().string()));
  }
  const SfmResult result = RunSfm(both, folder / "work", {}, {}, {});
  EXPECT_LE(result.attempts, 2) << ::testing::PrintToString(result.notes);
  EXPECT_GE(result.photos_registered, size_t(kPhotos - 1));
  EXPECT_LE(result.photos_registered, size_t(kPhotos));
  ASSERT_EQ(result.other_parts.size(), 1u);
  EXPECT_GE(result.other_parts[0].size(), 3u);
  EXPECT_EQ(result.other_parts[0].front().substr(0, 2), "b_");
  EXPECT_THAT(DescribeParts(result), HasSubstr("2 parts that are not connected"));
}

TEST_F(RealColmap, EndsWithPhotosOfWhichNoTwoShowTheSame) {
  const TempDir folder;
  Random random(1);
  for (int photo = 0; photo < 4; ++photo) {
    Image8 noise(160, 120, 3);
    for (uint8_t& value : noise.pixels) value = uint8_t(random.Uniform(0, 256));
    WriteImage(folder / ("photos_of_noise_" + std::to_string(photo) + ".png"), noise);
  }
  const std::string message = ErrorMessageOf([&] { RunSfm(folder.path(), *shared_ / "noise", {}, {}, {}); });
  EXPECT_THAT(message, HasSubstr("COLMAP placed none of the 4 photos in 3 attempts"));
}

TEST_F(RealColmap, SaysInOneLineWhyItFailed) {
  const std::string workspace = *shared_ / "failed";
  SfmOptions options;
  options.matcher = "vocab_tree";
  options.vocab_tree_path = *shared_ / "no tree";
  const std::string message = ErrorMessageOf([&] { RunSfm(photos_, workspace, options, {}, {}); });
  EXPECT_THAT(message, HasSubstr("COLMAP's vocab_tree_matcher "));
  EXPECT_THAT(message, HasSubstr("Check failed: "));
  EXPECT_THAT(message, HasSubstr("its whole output is in " + workspace + "/colmap.log"));
  EXPECT_THAT(message, Not(HasSubstr("@")));
  EXPECT_EQ(message.find('\n'), std::string::npos);
  EXPECT_TRUE(LeftNothing());
}

}  // namespace
}  // namespace splat::data
