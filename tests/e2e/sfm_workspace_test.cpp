// The real COLMAP as a guest: what it leaves behind, and what it says when it fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "data/sfm/sfm.h"
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
