// The real COLMAP as a guest: what it leaves behind, what it says when it fails, damaged
// workspaces, and photos that fall apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "core/random.h"
#include "data/photos/image_io.h"
#include "data/sfm/sfm.h"
#include "data/sfm/sfm_parts.h"
#include "io/read_file.h"
#include "tests/support/colmap.h"
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

// COLMAP 3.8 hangs now and then as its threads end: it uses no processor time any more, is ended, and starts again.
SfmOptions Options() {
  SfmOptions options;
  options.idle_minutes = 3;
  return options;
}

class RealColmap : public ::testing::Test {
 protected:
  // One capture and one finished workspace for all tests, of a single attempt: COLMAP's threads make each run another
  // one, and of this capture some need a second attempt.
  static void SetUpTestSuite() {
    if (!testing::ColmapIsInstalled()) return;
    shared_ = std::make_unique<TempDir>();
    fs::create_directories(*shared_ / "tmp");
    setenv("TMPDIR", (*shared_ / "tmp").c_str(), 1);  // of COLMAP, if it were not told otherwise
    photos_ = testing::WriteSmallCapture(*shared_ / "capture", kPhotos);
    for (int attempts = 2, tries = 0; attempts > 1 && tries < 8; ++tries) {
      fs::remove_all(*shared_ / "work");
      attempts = RunSfm(photos_, *shared_ / "work", Options(), {}, {}).attempts;
    }
  }
  static void TearDownTestSuite() {
    unsetenv("TMPDIR");
    shared_.reset();
  }
  void SetUp() override { SPLAT_COLMAP_OR_SKIP(); }

  static bool LeftNothing() { return fs::is_empty(*shared_ / "tmp"); }

  static std::unique_ptr<TempDir> shared_;
  static std::string photos_;
};
std::unique_ptr<TempDir> RealColmap::shared_;
std::string RealColmap::photos_;

TEST_F(RealColmap, LeavesNoLogFilesAndNothingTemporary) {
  const SfmResult result = RunSfm(photos_, *shared_ / "work", Options(), {}, {});
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
    SfmOptions options = Options();
    options.cancelled = [&] { return reached; };
    const auto progress = [&](const SfmProgress& step) { reached |= step.stage == stage; };
    EXPECT_THROW(RunSfm(photos_, workspace, options, progress, {}), SfmCancelled);
    EXPECT_TRUE(LeftNothing());
    EXPECT_FALSE(fs::exists(workspace + "/colmap_tmp"));
  }
}

// A room and, with other paint, its mirror image, in which no feature looks the same.
TEST_F(RealColmap, EndsWithTheLargerOfTwoScenesInOneFolder) {
  const TempDir folder;
  const std::string other = testing::WriteSmallCapture(folder / "other", 5, 2);
  const std::string both = folder / "both";
  fs::create_directories(both);
  for (const auto& photo : fs::directory_iterator(photos_)) {
    fs::copy(photo, fs::path(both) / ("a_" + photo.path().filename().string()));
  }
  for (const auto& photo : fs::directory_iterator(other)) {
    cv::Mat mirrored;
    cv::flip(cv::imread(photo.path().string()), mirrored, 1);
    ASSERT_TRUE(cv::imwrite(both + "/b_" + photo.path().filename().string(), mirrored));
  }
  const SfmResult result = RunSfm(both, folder / "work", Options(), {}, {});
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
  const std::string message = ErrorMessageOf([&] { RunSfm(folder.path(), *shared_ / "noise", Options(), {}, {}); });
  EXPECT_THAT(message, HasSubstr("COLMAP placed none of the 4 photos in 3 attempts"));
}

// What a damage is, and what of the log says so.
struct Damage {
  const char* name;
  bool killed;  // before the result was written down: the stages are finished, the result is not
  std::function<void(const std::string& workspace)> make;
  const char* said;
};

void Cut(const std::string& path, double part) {
  fs::resize_file(path, uintmax_t(double(fs::file_size(path)) * part));
}
void Overwrite(const std::string& path, const std::string& text) {
  fs::remove_all(path);
  std::ofstream(path) << text;
}
// As after a kill before the result was written down: the stages are finished, the result is not.
void TakeResultBack(const std::string& workspace) {
  fs::rename(workspace + "/sparse", workspace + "/sparse_attempt_1");
  auto state = nlohmann::json::parse(ReadFile(workspace + "/state.json"));
  state["stages"]["result"]["finished"] = false;
  Overwrite(workspace + "/state.json", state.dump());
}
void EmptyDatabase(const std::string& path) {
  fs::remove(path);
  sqlite3* database = nullptr;  // as COLMAP leaves it when it is killed at the birth of its database
  sqlite3_open(path.c_str(), &database);
  sqlite3_exec(database, "PRAGMA journal_mode = WAL; CREATE TABLE x(y); DROP TABLE x", nullptr, nullptr, nullptr);
  sqlite3_close(database);
}
void RunSql(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

// Each file that a rerun trusts.
const std::vector<Damage>& Damages() {
  static const std::string db = "/database.db";
  static const std::vector<Damage> damages = {
      {"no tables", true, [](const auto& w) { EmptyDatabase(w + db); }, "no such table: images"},
      {"cut database", true, [](const auto& w) { Cut(w + db, 0.6); }, "database.db: "},
      {"no database", true, [](const auto& w) { Overwrite(w + db, "garbage"); }, "not a database"},
      {"lost features", true, [](const auto& w) { RunSql(w + db, "DELETE FROM keypoints"); },
       "lacks photos or features"},
      {"lost matches", true,
       [](const auto& w) { RunSql(w + db, "DELETE FROM matches; DELETE FROM two_view_geometries"); }, "lacks matches"},
      {"odd file beside the database", true, [](const auto& w) { fs::create_directories(w + db + "-wal/x"); },
       "database.db: "},
      {"cut images of the model", false, [](const auto& w) { Cut(w + "/sparse/0/images.bin", 0.7); },
       "sparse/0: is not what"},
      {"cut points of the model", false, [](const auto& w) { Cut(w + "/sparse/0/points3D.bin", 0.7); },
       "sparse/0: is not what"},
      {"empty cameras", false, [](const auto& w) { Overwrite(w + "/sparse/0/cameras.bin", ""); },
       "sparse/0: is not what"},
      {"cut model of a finished stage", true, [](const auto& w) { Cut(w + "/sparse_attempt_1/0/images.bin", 0.7); },
       "sparse_attempt_1: is not what"},
      {"cut state", false, [](const auto& w) { Cut(w + "/state.json", 0.5); }, "state.json: is damaged"},
      {"cut list", true, [](const auto& w) { Overwrite(w + "/photos_1.txt", "x"); }, ""},
  };
  return damages;
}

TEST_F(RealColmap, MakesEveryDamagedFileOfItsWorkspaceAnew) {
  for (const Damage& damage : Damages()) {
    SCOPED_TRACE(damage.name);
    const TempDir folder;
    const std::string workspace = folder / "work";
    fs::copy(*shared_ / "work", workspace, fs::copy_options::recursive);
    if (damage.killed) TakeResultBack(workspace);
    damage.make(workspace);
    std::string said;
    int warnings = 0;
    const LogSink log = [&](LogLevel level, const std::string& line) {
      said += line + "\n";
      warnings += level == LogLevel::kWarning;
    };
    const SfmResult result = RunSfm(photos_, workspace, Options(), {}, log);
    EXPECT_FALSE(result.resumed);
    EXPECT_GE(result.photos_registered, size_t(kPhotos - 1));
    EXPECT_THAT(said, HasSubstr(damage.said));
    EXPECT_EQ(warnings, *damage.said ? 1 : 0) << said;
    EXPECT_TRUE(RunSfm(photos_, workspace, Options(), {}, {}).resumed);
  }
}

TEST_F(RealColmap, MakesDamagedCopiesOfDeepPhotosAnew) {
  const TempDir folder;
  const std::string photos = folder / "photos", workspace = folder / "work";
  fs::create_directories(photos);
  for (const auto& photo : fs::directory_iterator(photos_)) {
    cv::Mat deep;
    cv::imread(photo.path().string()).convertTo(deep, CV_16U, 257);
    ASSERT_TRUE(cv::imwrite(photos + "/" + photo.path().stem().string() + ".png", deep));
  }
  SfmOptions options = Options();
  bool reached = false;
  options.cancelled = [&] { return reached; };
  const auto stop = [&](const SfmProgress&) { reached = true; };
  EXPECT_THROW(RunSfm(photos, workspace, options, stop, {}), SfmCancelled);
  Cut(workspace + "/photos/photo_0001.png", 0.5);
  Overwrite(workspace + "/photos/photo_0002.png", "");
  fs::remove(workspace + "/photos/photo_0003.png");
  fs::create_directories(workspace + "/photos/photo_0003.png/x");
  const SfmResult result = RunSfm(photos, workspace, Options(), {}, {});
  EXPECT_GE(result.photos_registered, size_t(kPhotos - 1));
  EXPECT_THAT(::testing::PrintToString(result.notes), Not(HasSubstr("could not read")));
}

TEST_F(RealColmap, SaysInOneLineWhyItFailed) {
  const std::string workspace = *shared_ / "failed";
  SfmOptions options = Options();
  options.matcher = "vocab_tree";
  options.vocab_tree_path = "file://" + *shared_ / "no tree";  // which is left to COLMAP
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
