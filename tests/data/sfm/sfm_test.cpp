#include "data/sfm/sfm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <thread>

#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "data/sfm/sfm_parts.h"
#include "data/sfm/sfm_workspace.h"
#include "io/atomic_file.h"
#include "tests/support/error_message.h"
#include "tests/support/fake_colmap.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::ErrorMessageOf;
using testing::FakeColmap;
using testing::FakeVersion;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TempDir;

constexpr double kIdleMinutes = 0.03;
constexpr const char* kAllStages = "feature_extractor exhaustive_matcher mapper";

class RunSfmTest : public ::testing::Test {
 protected:
  RunSfmTest() {
    for (const char* entry : {"photos/sub dir", "program"}) fs::create_directories(folder_ / entry);
    for (int i = 0; i < 20; ++i) names_.push_back("photo " + std::to_string(100 + i) + " [ä].png");
    names_.push_back("sub dir/last.png");
    for (const std::string& name : names_) WriteImage(Photos() + "/" + name, Image8(8, 6, 3));
    fake_ = std::make_unique<FakeColmap>(folder_ / "program", FakeVersion::k38);
    fake_->SetFeatures(names_);
    fake_->AddModel("0", names_, 50);
    options_.colmap = fake_->program();
    options_.threads = 1;
  }

  std::string Photos() const { return folder_ / "photos"; }
  std::string Workspace() const { return folder_ / "work"; }
  SfmResult Run() {
    fake_->ForgetCalls();
    return RunSfm(Photos(), Workspace(), options_, [this](const SfmProgress& p) { progress_.push_back(p); }, {});
  }
  std::string ErrorOfRun() {
    return ErrorMessageOf([this] { Run(); });
  }
  std::vector<std::string> FirstNames(size_t count) const { return {names_.begin(), names_.begin() + long(count)}; }

  TempDir folder_;
  std::vector<std::string> names_;
  std::unique_ptr<FakeColmap> fake_;
  SfmOptions options_;
  std::vector<SfmProgress> progress_;
};

TEST_F(RunSfmTest, MakesAModelOfPhotosInSubfoldersWithBlanksAndBrackets) {
  const SfmResult result = Run();
  EXPECT_EQ(result.model_folder, Workspace() + "/sparse/0");
  EXPECT_EQ(result.photos_given, 21u);
  EXPECT_EQ(result.photos_registered, 21u);
  EXPECT_TRUE(result.left_out.empty());
  EXPECT_EQ(result.points, 50u);
  EXPECT_NEAR(result.mean_reprojection_error_px, 0.5, 1e-9);
  EXPECT_EQ(result.attempts, 1);
  EXPECT_FALSE(result.resumed);
  EXPECT_EQ(fake_->CalledCommands(), kAllStages);
  EXPECT_THAT(ReadFile(Workspace() + "/photos_1.txt"), HasSubstr("\nphoto 103 [ä].png\n"));
  EXPECT_THAT(ReadFile(Workspace() + "/colmap.log"), HasSubstr("Processed file [2/2]"));
  EXPECT_FALSE(fs::exists(Workspace() + "/sparse_attempt_1"));
}

TEST_F(RunSfmTest, GivesCOLMAPCopiesIn8BitsOfPhotosWithMore) {
  Run();
  EXPECT_FALSE(fs::exists(Workspace() + "/photos"));
  const cv::Mat deep(6, 8, CV_16UC3, cv::Scalar(3 * 257, 2 * 257, 257));
  ASSERT_TRUE(cv::imwrite(Photos() + "/" + names_[0], deep));
  Run();
  const std::string copies = Workspace() + "/photos/";
  EXPECT_THAT(fake_->Calls().front(), HasSubstr("|--image_path|" + Workspace() + "/photos|"));
  EXPECT_FALSE(fs::is_symlink(copies + names_[0]));
  EXPECT_EQ(ReadPhotoInfo(copies + names_[0]).bits, 8);
  EXPECT_EQ(ReadPhoto(copies + names_[0]).image.pixels, ReadPhoto(Photos() + "/" + names_[0]).image.pixels);
  EXPECT_EQ(ReadPhoto(copies + names_[0]).image.pixels[0], 1);
  for (const char* name : {names_[1].c_str(), "sub dir/last.png"}) {
    EXPECT_TRUE(fs::is_symlink(copies + name)) << name;
    EXPECT_TRUE(fs::equivalent(copies + name, Photos() + "/" + name)) << name;
  }
}

TEST_F(RunSfmTest, NamesThePhotosThatCOLMAPDidNotRead) {
  fake_->SetFeatures({names_.begin() + 1, names_.end()});
  EXPECT_THAT(Run().notes, ::testing::Contains(HasSubstr("COLMAP could not read 1 of 21 photos: " + names_[0])));
}

TEST_F(RunSfmTest, TellsProgressOfEachStageThatNeverFallsBack) {
  Run();
  ASSERT_FALSE(progress_.empty());
  EXPECT_EQ(progress_.front().stage, SfmStage::kFeatures);
  EXPECT_EQ(progress_.back().stage, SfmStage::kMapping);
  for (size_t i = 1; i < progress_.size(); ++i) {
    EXPECT_GE(progress_[i].stage, progress_[i - 1].stage);
    if (progress_[i].stage == progress_[i - 1].stage) {
      EXPECT_GE(progress_[i].fraction, progress_[i - 1].fraction);
    }
    EXPECT_LE(progress_[i].fraction, 1);
    EXPECT_FALSE(progress_[i].text.empty());
  }
}

TEST_F(RunSfmTest, DoesNothingTwice) {
  const SfmResult first = Run();
  options_.colmap = "/nowhere/colmap";  // is not even asked
  const SfmResult second = Run();
  EXPECT_TRUE(second.resumed);
  EXPECT_EQ(fake_->CalledCommands(), "");
  EXPECT_EQ(second.model_folder, first.model_folder);
  EXPECT_EQ(second.photos_registered, 21u);
  EXPECT_EQ(second.notes, first.notes);
}

TEST_F(RunSfmTest, DoesNotMindWhereTheFoldersLie) {
  Run();
  fs::rename(Photos(), folder_ / "elsewhere");
  fs::rename(Workspace(), folder_ / "moved");
  const SfmResult result = RunSfm(folder_ / "elsewhere", folder_ / "moved", options_, {}, {});
  EXPECT_TRUE(result.resumed);
  EXPECT_EQ(result.model_folder, folder_ / "moved/sparse/0");
}

TEST_F(RunSfmTest, DoesAllAgainForAChangedPhoto) {
  Run();
  WriteImage(Photos() + "/" + names_[3], Image8(8, 6, 4));
  EXPECT_FALSE(Run().resumed);
  EXPECT_EQ(fake_->CalledCommands(), kAllStages);
  fs::remove(Photos() + "/" + names_[3]);
  EXPECT_EQ(Run().photos_given, 20u);
  EXPECT_EQ(fake_->CalledCommands(), kAllStages);
}

TEST_F(RunSfmTest, KeepsTheFeaturesWhenOnlyTheMatcherChanges) {
  Run();
  options_.matcher = "sequential";
  Run();
  EXPECT_EQ(fake_->CalledCommands(), "exhaustive_matcher mapper");
  options_.max_features = 500;
  Run();
  EXPECT_EQ(fake_->CalledCommands(), kAllStages);
  EXPECT_THAT(fake_->Calls()[0], HasSubstr("|--SiftExtraction.max_num_features|500"));
}

TEST_F(RunSfmTest, DoesNotTakeMatchesOfOtherFeaturesForItsOwnAfterGoingThereAndBack) {
  Run();
  options_.max_features = 500;
  fake_->Before("exhaustive_matcher", "exit 1");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("exhaustive_matcher failed"));
  options_.max_features = 0;
  fake_->Before("exhaustive_matcher", "");
  fs::remove_all(Workspace() + "/sparse");
  Run();
  EXPECT_EQ(fake_->CalledCommands(), kAllStages);
}

TEST_F(RunSfmTest, MakesALostModelAgain) {
  Run();
  fs::remove_all(Workspace() + "/sparse");
  EXPECT_FALSE(Run().resumed);
  EXPECT_EQ(fake_->CalledCommands(), "mapper");
  EXPECT_TRUE(fs::exists(Workspace() + "/sparse/0/images.txt"));
}

TEST_F(RunSfmTest, TakesTheModelWithMostPhotosAndNamesTheOthers) {
  fake_->RemoveModels();
  fake_->AddModel("0", FirstNames(2), 500);
  fake_->AddModel("1", FirstNames(20), 30);
  const SfmResult result = Run();
  EXPECT_EQ(result.model_folder, Workspace() + "/sparse/1");
  EXPECT_EQ(result.photos_registered, 20u);
  EXPECT_THAT(result.left_out, ElementsAre("sub dir/last.png"));
  EXPECT_EQ(result.attempts, 1);
}

TEST_F(RunSfmTest, TriesAgainWithLowerThresholdsWhenTooFewPhotosArePlaced) {
  fake_->RemoveModels();
  fake_->AddModel("0", FirstNames(5), 500);
  fake_->AddModel("0", FirstNames(20), 400, true);
  const SfmResult result = Run();
  EXPECT_EQ(result.attempts, 2);
  EXPECT_EQ(result.photos_registered, 20u);
  EXPECT_EQ(fake_->CalledCommands(), "feature_extractor exhaustive_matcher mapper exhaustive_matcher mapper");
  EXPECT_THAT(fake_->Calls().back(), HasSubstr("|--Mapper.abs_pose_min_num_inliers|15"));
  EXPECT_THAT(::testing::PrintToString(result.notes), HasSubstr("attempt 1 placed 5 of 21 photos"));
  EXPECT_THAT(::testing::PrintToString(result.notes), HasSubstr("lowered thresholds"));
  EXPECT_EQ(Run().attempts, 2);
  EXPECT_EQ(fake_->CalledCommands(), "");
}

TEST_F(RunSfmTest, KeepsTheBetterOfTwoPoorResults) {
  fake_->RemoveModels();
  fake_->AddModel("0", FirstNames(9), 500);
  fake_->AddModel("0", FirstNames(4), 400, true);
  const SfmResult result = Run();
  EXPECT_EQ(result.attempts, 3);
  EXPECT_EQ(result.photos_registered, 9u);
  EXPECT_EQ(result.left_out.size(), 12u);
  EXPECT_EQ(result.points, 500u);
}

TEST_F(RunSfmTest, StopsWhenTheSamePartsComeOutTwiceAndSaysWhichOneIsUsed) {
  fake_->RemoveModels();
  fake_->AddModel("0", {names_.begin(), names_.begin() + 8}, 500);
  fake_->AddModel("1", {names_.begin() + 8, names_.begin() + 19}, 300);
  const SfmResult result = Run();
  EXPECT_EQ(result.attempts, 2);
  EXPECT_EQ(fake_->CalledCommands(), "feature_extractor exhaustive_matcher mapper exhaustive_matcher mapper");
  EXPECT_THAT(fake_->Calls().back(), HasSubstr("|--Mapper.min_model_size|3|"));
  EXPECT_EQ(result.photos_registered, 11u);
  EXPECT_EQ(result.left_out.size(), 10u);
  EXPECT_THAT(result.other_parts, ElementsAre(FirstNames(8)));
  EXPECT_EQ(DescribeParts(result),
            "the photos fall into 2 parts that are not connected: 11 photos (photo 108 [ä].png, photo 109 [ä].png, "
            "photo 110 [ä].png, ...) and 8 photos (photo 100 [ä].png, photo 101 [ä].png, photo 102 [ä].png, ...); the "
            "first part is used. Add photos of what lies between them, or give each part a folder of its own");
  EXPECT_EQ(Run().other_parts, result.other_parts) << "resumed";
}

TEST_F(RunSfmTest, StopsAtOnceWhereNoVerifiedPairJoinsTheParts) {
  fake_->RemoveModels();
  fake_->AddModel("0", FirstNames(11), 500);
  fake_->AddModel("1", {names_.begin() + 11, names_.end()}, 300);
  for (int photo = 1; photo < 21; ++photo) {
    if (photo != 11) fake_->AddVerifiedPair(photo, photo + 1);
  }
  EXPECT_EQ(Run().attempts, 1);
  fs::remove_all(Workspace());
  fake_->AddVerifiedPair(11, 12);
  EXPECT_EQ(Run().attempts, 2);
}

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

TEST_F(RunSfmTest, SpeaksToTheNewerProgramInItsWords) {
  const FakeColmap newer(folder_ / "program", FakeVersion::k4);
  const SfmResult result = Run();
  EXPECT_EQ(result.photos_registered, 21u);
  EXPECT_THAT(fake_->Calls()[0], HasSubstr("|--FeatureExtraction.use_gpu|0"));
  EXPECT_THAT(fake_->Calls()[0], HasSubstr("|--SiftExtraction.max_num_features|"));
  EXPECT_THAT(fake_->Calls()[1], HasSubstr("|--FeatureMatching.use_gpu|0"));
  EXPECT_THAT(fake_->Calls(), Each(Not(HasSubstr("SiftExtraction.use_gpu"))));
}

TEST_F(RunSfmTest, LeavesOutWhatIsNoPhotoAndNamesIt) {
  std::ofstream(Photos() + "/broken.jpg") << "nothing";
  const SfmResult result = Run();
  EXPECT_EQ(result.photos_given, 22u);
  EXPECT_THAT(result.left_out, ElementsAre("broken.jpg"));
  EXPECT_THAT(::testing::PrintToString(result.notes), HasSubstr("not photos that can be read: broken.jpg"));
}

TEST_F(RunSfmTest, RefusesFewerThanTwoPhotos) {
  fs::create_directories(folder_ / "one");
  WriteImage(folder_ / "one/a.png", Image8(8, 6, 3));
  EXPECT_THAT(ErrorMessageOf([&] { RunSfm(folder_ / "one", Workspace(), options_, {}, {}); }),
              HasSubstr("one: holds 1 photos"));
}

TEST_F(RunSfmTest, RefusesAWorkspaceInUse) {
  const SfmWorkspace other(Workspace());
  EXPECT_THAT(ErrorOfRun(), HasSubstr("is writing there"));
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
