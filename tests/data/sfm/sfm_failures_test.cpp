// A COLMAP that fails, hangs or is killed, and what it leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "io/read_file.h"
#include "tests/support/sfm_run.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kIdleMinutes = 0.03;

TEST_F(RunSfmTest, KeepsAPoorResultWhenARetryCrashes) {
  fake_->RemoveModels();
  fake_->AddModel("0", FirstNames(9), 500);
  fake_->Before("mapper", "if [ $relaxed = yes ]; then kill -SEGV $$; fi");
  const SfmResult result = Run();
  EXPECT_EQ(result.photos_registered, 9u);
  EXPECT_THAT(::testing::PrintToString(result.notes), HasSubstr("attempt 2 failed"));
}

TEST_F(RunSfmTest, AdvisesWhenNoPhotoCanBePlaced) {
  fake_->RemoveModels();
  const std::string message = ErrorOfRun();
  EXPECT_THAT(message, HasSubstr("placed none of the 21 photos in 3 attempts"));
  EXPECT_THAT(message, HasSubstr("overlap"));
  EXPECT_THAT(message, HasSubstr("failed to create sparse model"));
  EXPECT_THAT(message, HasSubstr("colmap.log"));
}

// COLMAP calls it a success where a full disk took a part of its files only. The next run maps again.
TEST_F(RunSfmTest, NamesAModelThatCannotBeReadAndMapsAgainNextTime) {
  for (const char* file : {"cameras.txt", "images.txt", "points3D.txt"}) {
    fs::remove_all(Workspace());
    fake_->Before("mapper", std::string("trap 'printf \"1 0 0\" > \"$output/0/") + file + "\"' EXIT");
    const std::string message = ErrorOfRun();
    EXPECT_THAT(message, HasSubstr("left a model that cannot be read"));
    EXPECT_THAT(message, HasSubstr(std::string(file) + ": line 1"));
    EXPECT_THAT(message, HasSubstr("room on the disk"));
    EXPECT_EQ(message.find('\n'), std::string::npos);
    fake_->Before("mapper", "");
    EXPECT_EQ(Run().photos_registered, 21u);
    EXPECT_EQ(fake_->CalledCommands(), "mapper");
  }
}

TEST_F(RunSfmTest, AFileWithoutAByteIsDamage) {
  for (const std::string file : {"cameras.txt", "images.txt", "points3D.txt"}) {
    fs::remove_all(Workspace());
    fake_->Before("mapper", "trap ': > \"$output/0/" + file + "\"' EXIT");
    const std::string message = ErrorOfRun();
    EXPECT_THAT(message, HasSubstr("left a model that cannot be read"));
    EXPECT_THAT(message, HasSubstr("/0/" + file + ": is empty (0 bytes)"));
  }
}

TEST_F(RunSfmTest, TakesAModelOfNoPoints) {
  fake_->Before("mapper", "trap 'echo \"# none\" > \"$output/0/points3D.txt\"' EXIT");
  const SfmResult result = Run();
  EXPECT_EQ(result.photos_registered, 21u);
  EXPECT_EQ(result.points, 0u);
}

TEST_F(RunSfmTest, TakesAModelOfNoPhotosForNone) {
  fake_->Before("mapper", "trap 'echo \"# none\" > \"$output/0/images.txt\"' EXIT");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("placed none of the 21 photos in 3 attempts"));
}

TEST_F(RunSfmTest, TakesAWholeModelBesideADamagedOne) {
  fake_->AddModel("1", FirstNames(20), 50);
  fake_->Before("mapper", "trap 'printf x > \"$output/0/images.txt\"' EXIT");
  const SfmResult result = Run();
  EXPECT_EQ(result.photos_registered, 20u);
}

TEST_F(RunSfmTest, SaysWhatCOLMAPWroteLastWhenItFailsAndGoesOnNextTime) {
  fake_->Before("feature_extractor", "echo 'no space left'; exit 3");
  const std::string message = ErrorOfRun();
  EXPECT_THAT(message, HasSubstr("feature_extractor failed with exit code 3: no space left"));
  EXPECT_THAT(message, HasSubstr(Workspace() + "/colmap.log"));
  EXPECT_EQ(message.find('\n'), std::string::npos);
  fake_->Before("feature_extractor", "");
  fake_->Before("mapper", "kill -SEGV $$");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("mapper was ended by the system"));
  fake_->Before("mapper", "");
  EXPECT_EQ(Run().photos_registered, 21u);
  EXPECT_EQ(fake_->CalledCommands(), "mapper");
}

// A database of a killed run at every length: rebuilt where it must be, and used where it can be.
TEST_F(RunSfmTest, GoesOnFromADatabaseThatWasCutAnywhere) {
  Run();
  const std::string database = Workspace() + "/database.db", whole = ReadFile(database), cut = folder_ / "cut.db";
  for (size_t part = 0; part <= 8; ++part) {
    fs::remove_all(Workspace());
    std::ofstream(cut, std::ios::binary) << whole.substr(0, whole.size() * part / 8);
    fake_->Before("feature_extractor", "cp '" + cut + "' \"$database\"; exit 1");
    ErrorOfRun();
    fake_->Before("feature_extractor", "");
    EXPECT_EQ(Run().photos_registered, 21u) << part;
    EXPECT_EQ(fake_->CalledCommands(), kAllStages) << part;
  }
}

TEST_F(RunSfmTest, RebuildsADatabaseOnceInWhichAStageFindsNonsense) {
  fake_->Before("exhaustive_matcher",
                "if [ ! -e \"$here/once\" ]; then touch \"$here/once\"; echo 'SQLite error "
                "[database.cc, line 9]: no such table: cameras' >&2; exit 1; fi");
  const SfmResult result = Run();
  EXPECT_EQ(result.photos_registered, 21u);
  EXPECT_EQ(fake_->CalledCommands(), "feature_extractor exhaustive_matcher " + std::string(kAllStages));
  EXPECT_THAT(::testing::PrintToString(result.notes), HasSubstr("the database is made anew"));
}

TEST_F(RunSfmTest, NamesTheFolderToDeleteWhenANewDatabaseDoesNotHelp) {
  fake_->Before("exhaustive_matcher", "echo 'SQLite error: database disk image is malformed'; exit 1");
  const std::string message = ErrorOfRun();
  EXPECT_THAT(message, HasSubstr("exhaustive_matcher failed with exit code 1: SQLite error: database disk image is"));
  EXPECT_THAT(message, HasSubstr("delete the folder " + Workspace()));
  EXPECT_EQ(fake_->Calls().size(), 4u);
  fake_->Before("exhaustive_matcher", "kill -SEGV $$");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("delete the folder " + Workspace())) << "files of earlier runs";
}

TEST_F(RunSfmTest, DoesNotDeleteADatabaseForAFullDisk) {
  fake_->Before("mapper", "echo 'SQLite error: database or disk is full'; kill -ABRT $$");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("disk is full"));
  EXPECT_EQ(fake_->CalledCommands(), kAllStages);
  fake_->Before("mapper", "");
  Run();
  EXPECT_EQ(fake_->CalledCommands(), "mapper");
}

TEST_F(RunSfmTest, SaysWhatCOLMAPFoundWrongAndNotItsStackTrace) {
  fake_->Before("mapper",
                "echo 'F20260102 03:04:05.678901 7 a.cc:123] Check failed: rows == 4 (3 vs. 4)'\n"
                "echo '*** Check failure stack trace: ***'; echo '    @ 0x7fca5254acfe (unknown)'; kill -ABRT $$");
  const std::string message = ErrorOfRun();
  EXPECT_THAT(message, HasSubstr("mapper was ended by the system (Aborted): a.cc:123: Check failed: rows == 4 (3 vs."));
  EXPECT_THAT(message, HasSubstr("its whole output is in " + Workspace() + "/colmap.log"));
  EXPECT_THAT(message, Not(HasSubstr("@")));
  EXPECT_THAT(ReadFile(Workspace() + "/colmap.log"), HasSubstr("0x7fca5254acfe"));
}

TEST_F(RunSfmTest, StartsAStageThatHangsOnceMore) {
  options_.idle_minutes = kIdleMinutes;
  for (const char* command : {"feature_extractor", "exhaustive_matcher", "mapper"}) {
    fs::remove_all(Workspace());
    fs::remove(folder_ / "program/hung");
    fake_->Before(command, "if [ ! -e \"$here/hung\" ]; then touch \"$here/hung\"; sleep 600; fi");
    const SfmResult result = Run();
    EXPECT_EQ(result.photos_registered, 21u) << command;
    EXPECT_EQ(result.attempts, 1) << command;
    EXPECT_THAT(::testing::PrintToString(result.notes),
                HasSubstr(StrCat("COLMAP's ", command, " showed no sign of work for ")));
    EXPECT_EQ(fake_->Calls().size(), 4u) << command;
    fake_->Before(command, "");
  }
}

TEST_F(RunSfmTest, NamesAStageThatHangsTwiceAndContinuesThereNextTime) {
  options_.idle_minutes = kIdleMinutes;
  fake_->Before("exhaustive_matcher", "echo 'Matching block [1/4]'; sleep 600");
  const std::string message = ErrorOfRun();
  EXPECT_THAT(message, HasSubstr("COLMAP's exhaustive_matcher showed no sign of work for "));
  EXPECT_THAT(message, HasSubstr(", twice, and was ended (--colmap-idle-minutes): Matching block [1/4]"));
  EXPECT_THAT(message, HasSubstr("colmap.log"));
  fake_->Before("exhaustive_matcher", "");
  EXPECT_EQ(Run().photos_registered, 21u);
  EXPECT_EQ(fake_->CalledCommands(), "exhaustive_matcher mapper");
}

TEST_F(RunSfmTest, NamesAProgramThatDoesNotEvenGiveItsHelp) {
  options_.idle_minutes = kIdleMinutes;
  std::ofstream(fake_->program()) << "#!/bin/sh\nsleep 600\n";
  EXPECT_THAT(ErrorOfRun(), HasSubstr("program/colmap: gave no help within "));
}

TEST_F(RunSfmTest, KeepsWhatCOLMAPLogsAndLeavesLyingInItsWorkspace) {
  fake_->Before("mapper", "echo x > \"$GLOG_log_dir/colmap.INFO\" && echo x > \"$TMPDIR/x\" && echo \"in $TMPDIR\"");
  Run();
  EXPECT_THAT(ReadFile(Workspace() + "/colmap.log"), HasSubstr("in " + Workspace() + "/colmap_tmp"));
  EXPECT_FALSE(fs::exists(Workspace() + "/colmap_tmp"));
}

TEST_F(RunSfmTest, SaysHowToInstallColmap) {
  options_.colmap = "/nowhere/colmap";
  EXPECT_THAT(ErrorOfRun(), HasSubstr("apt-get install colmap"));
}

TEST_F(RunSfmTest, EndsAtOnceWhenCancelledAndContinuesNextTime) {
  fake_->Before("mapper", "touch \"$here/mapping\"; sleep 600");
  options_.cancelled = [this] { return fs::exists(folder_ / "program/mapping"); };
  EXPECT_THROW(Run(), SfmCancelled);
  options_.cancelled = {};
  fake_->Before("mapper", "");
  EXPECT_EQ(Run().photos_registered, 21u);
  EXPECT_EQ(fake_->CalledCommands(), "mapper");
}

TEST_F(RunSfmTest, ContinuesAfterItsProcessWasKilledInAnyStage) {
  const std::vector<std::pair<std::string, std::string>> stages = {
      {"feature_extractor", kAllStages}, {"exhaustive_matcher", "exhaustive_matcher mapper"}, {"mapper", "mapper"}};
  for (const auto& [command, rest] : stages) {
    fs::remove_all(Workspace());
    fs::remove(folder_ / "program/reached");
    fake_->Before(command, "touch \"$here/reached\"; exec sleep 600");
    const pid_t runner = fork();
    ASSERT_GE(runner, 0);
    if (runner == 0) {
      Run();
      _exit(0);
    }
    for (int i = 0; i < 3000 && !fs::exists(folder_ / "program/reached"); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    kill(runner, SIGKILL);
    waitpid(runner, nullptr, 0);
    fake_->Before(command, "");
    EXPECT_EQ(Run().photos_registered, 21u) << command;
    EXPECT_EQ(fake_->CalledCommands(), rest);
  }
}

}  // namespace
}  // namespace splat::data
