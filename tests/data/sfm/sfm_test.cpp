#include "data/sfm/sfm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "data/sfm/sfm_parts.h"
#include "data/sfm/sfm_workspace.h"
#include "io/read_file.h"
#include "tests/support/error_message.h"
#include "tests/support/sfm_run.h"

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

}  // namespace
}  // namespace splat::data
