// A whole run from C++: what it tells, what it leaves, and how it is stopped.
#include "pipeline/run.h"
#include "io/read_file.h"
#include "tests/support/read_poses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "core/check.h"
#include "core/interrupted.h"
#include "core/random.h"
#include "data/photos/image_io.h"
#include "data/photos/radial_change.h"
#include "data/photos/undistort.h"
#include "data/poses/colmap_writer.h"
#include "formats/inria_cameras.h"
#include "io/atomic_file.h"
#include "pipeline/evaluation_views.h"
#include "pipeline/output_folder.h"
#include "quality/metrics.h"
#include "tests/support/ball_photos.h"
#include "tests/support/error_message.h"
#include "tests/support/fake_colmap.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat::pipeline {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

namespace fs = std::filesystem;
using Kind = Event::Kind;

constexpr int kSteps = 30;

std::vector<std::string> NamesOf(const Event& event) {
  std::vector<std::string> names;
  for (const auto& [name, value] : event.numbers) names.push_back(name);
  return names;
}

class PhotosToSceneTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::WriteBallPhotos(folder_ / "balls");
    options_.images = folder_ / "balls";
    options_.output = folder_ / "out";
    options_.dataset.test_every = 4;
    options_.config.iterations = kSteps;
    options_.config.device = "cpu";
    client_.on_event = [this](const Event& event) { events_.push_back(event); };
  }

  // The last event of a kind in a stage.
  const Event& Last(Stage stage, Kind kind) const {
    for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
      if (event->stage == stage && event->kind == kind) return *event;
    }
    ADD_FAILURE() << "no such event in the stage " << NameOf(stage);
    static const Event none;
    return none;
  }

  testing::TempDir folder_;
  RunOptions options_;
  Client client_;
  std::vector<Event> events_;
};

TEST_F(PhotosToSceneTest, TellsOfItsStagesInOrder) {
  PhotosToScene(options_, client_);
  std::vector<std::string> begun;
  for (const Event& event : events_) {
    if (event.kind == Kind::kBegin) begun.push_back(NameOf(event.stage));
  }
  EXPECT_THAT(begun, ElementsAre("photos", "training", "writing", "evaluation", "checking"));
}

TEST_F(PhotosToSceneTest, TellsTheProgressOfEveryStepInNumbersToo) {
  PhotosToScene(options_, client_);
  int steps = 0;
  double fraction = 0;
  for (const Event& event : events_) {
    if (event.stage != Stage::kTraining || event.kind != Kind::kProgress) continue;
    ++steps;
    EXPECT_THAT(NamesOf(event), ElementsAre("step", "steps", "loss", "splats", "steps_per_second", "seconds_left"));
    EXPECT_EQ(event.numbers[0].second, steps);
    EXPECT_GT(event.fraction, fraction);
    fraction = event.fraction;
  }
  EXPECT_EQ(steps, kSteps);
  EXPECT_EQ(fraction, 1);
  std::vector<std::string> evaluated = {"test_views"};
  for (const quality::Metric& metric : quality::RunMetrics()) evaluated.emplace_back(metric.name);
  EXPECT_EQ(NamesOf(Last(Stage::kEvaluation, Kind::kEnd)), evaluated);
  EXPECT_THAT(NamesOf(Last(Stage::kPhotos, Kind::kEnd)), ElementsAre("training_views", "test_views", "points"));
}

// What masks drop has no bit of the scene and of its quality.
TEST_F(PhotosToSceneTest, WhatMasksDropChangesNothing) {
  options_.overwrite = true;
  options_.config.density.refine_from = options_.config.density.refine_every = 5;
  const auto for_each_photo = [&](const auto& change) {
    for (const auto& entry : fs::directory_iterator(folder_ / "balls/images")) change(entry.path());
  };
  fs::create_directories(folder_ / "balls/masks");
  for_each_photo([&](const fs::path& path) {
    Image8 mask(64, 48, 1);
    for (int y = 0; y < mask.height; ++y) std::fill_n(mask.At(0, y), 40, uint8_t(255));
    data::WriteImage(folder_ / ("balls/masks/" + path.filename().string()), mask);
  });
  const auto scene_of_run = [&] {
    const RunSummary summary = PhotosToScene(options_, client_);
    return std::make_pair(ReadFile(options_.output + "/scene.ply"), summary.evaluation->means.raw);
  };
  const auto masked = scene_of_run();
  EXPECT_TRUE(std::any_of(events_.begin(), events_.end(), [](const Event& event) {
    return event.kind == Kind::kNote && event.text.rfind("Masks: 8 of 8 photos have one in ", 0) == 0;
  }));
  Random random(3);
  for_each_photo([&](const fs::path& path) {
    Image8 photo = data::ReadPhoto(path.string()).image;
    for (int y = 0; y < photo.height; ++y) {
      for (int x = 3 * 40; x < 3 * photo.width; ++x) photo.At(0, y)[x] = uint8_t(random.Below(256));
    }
    data::WriteImage(path.string(), photo);
  });
  const auto spoiled = scene_of_run();
  EXPECT_EQ(spoiled.second, masked.second);
  EXPECT_TRUE(spoiled.first == masked.first);
  options_.dataset.masks = "off";
  EXPECT_FALSE(scene_of_run().first == masked.first) << "without the masks it has";
}

TEST_F(PhotosToSceneTest, ColmapGetsTheMasks) {
  testing::FakeColmap colmap(folder_.path(), testing::FakeVersion::k38);
  colmap.Before("feature_extractor", "exit 1");
  fs::create_directories(folder_ / "balls/masks");
  Image8 mask(64, 48, 1);
  std::fill_n(mask.pixels.begin(), mask.pixels.size() / 2, uint8_t(255));
  data::WriteImage(folder_ / "balls/masks/photo_00.png", mask);
  options_.poses = "sfm";
  options_.sfm.colmap = colmap.program();
  const auto first_call = [&] {
    colmap.ForgetCalls();
    ErrorMessageOf([&] { PhotosToScene(options_, client_); });
    return colmap.Calls().at(0);
  };
  EXPECT_THAT(first_call(), HasSubstr("--ImageReader.mask_path"));
  options_.dataset.masks = "off";
  EXPECT_THAT(first_call(), ::testing::Not(HasSubstr("--ImageReader.mask_path")));
}

TEST_F(PhotosToSceneTest, TellsTheQualityAfterACorrectionWhereColoursAreLearned) {
  options_.config.color.mode = "exposure";
  const RunSummary summary = PhotosToScene(options_, client_);
  EXPECT_EQ(summary.training.color_mode, "exposure");
  const Event& end = Last(Stage::kEvaluation, Kind::kEnd);
  ASSERT_EQ(NamesOf(end).back(), "psnr_affine");
  EXPECT_EQ(end.numbers.back().second, summary.evaluation->means.corrected[0][0]);
  EXPECT_THAT(end.text, HasSubstr(" dB after affine correction"));
}

TEST_F(PhotosToSceneTest, TellsTheQualityAtFittedPosesWherePosesAreRefined) {
  options_.config.poses.refine = "on";
  const RunSummary summary = PhotosToScene(options_, client_);
  EXPECT_EQ(summary.training.refine_poses, "on");
  EXPECT_EQ(summary.training.motions.size(), 8u);
  ASSERT_TRUE(summary.fitted_evaluation.has_value());
  const Event& end = Last(Stage::kEvaluation, Kind::kEnd);
  EXPECT_THAT(NamesOf(end),
              ::testing::ElementsAre("test_views", "psnr", "ssim", "psnr_fitted_pose", "ssim_fitted_pose"));
  EXPECT_EQ(end.numbers[1].second, summary.evaluation->means.raw[0]);
  EXPECT_EQ(end.numbers[3].second, summary.fitted_evaluation->means.raw[0]);
  EXPECT_THAT(end.text, HasSubstr(" with their own poses fitted"));
}

// Everything that is written has it, for held-out photos, too.
TEST_F(PhotosToSceneTest, WritesTheFocalLengthThatWasRefined) {
  options_.config.poses.refine = "off";
  options_.config.poses.focal = "on";
  options_.config.poses.from = 0;
  options_.config.poses.until = 1;
  options_.export_colmap = folder_ / "refined";
  const RunSummary summary = PhotosToScene(options_, client_);
  ASSERT_EQ(summary.training.focal_changes.size(), 1u);
  const double factor = std::exp(summary.training.focal_changes[0]);
  EXPECT_NE(factor, 1);
  const std::string images = folder_ / "balls/images";
  const data::SceneDescription given = data::ReadPoses(folder_ / "balls/sparse/0", images);
  const data::SceneDescription written = data::ReadPoses(options_.export_colmap, images);
  const std::vector<NamedCamera> cameras = formats::ReadInriaCameras(options_.output + "/cameras.json");
  ASSERT_EQ(written.photos.size(), 8u);
  ASSERT_EQ(cameras.size(), 8u);
  for (size_t i = 0; i < cameras.size(); ++i) {
    const double focal = given.photos[0].intrinsics.params[0];
    EXPECT_NEAR(written.photos[i].intrinsics.params[0], factor * focal, 1e-9);
    EXPECT_NEAR(cameras[i].camera.fx, factor * focal, 1e-4);
  }
  EXPECT_THAT(ReadFile(options_.output + "/metrics.json"), HasSubstr("\"focal_factors\": [\n"));
  const auto tells = [](const Event& event) { return event.text.find("Refined focal length: ") == 0; };
  EXPECT_TRUE(std::any_of(events_.begin(), events_.end(), tells));
}

// The lens is said to have a distortion that its photos do not have. Everything that is written has the refined lens,
// also what splat-eval makes of the run's folder.
TEST_F(PhotosToSceneTest, WritesTheDistortionThatWasRefined) {
  const std::string images = folder_ / "balls/images";
  data::SceneDescription bent = data::ReadPoses(folder_ / "balls/sparse/0", images);
  for (data::PosedPhoto& photo : bent.photos) photo.intrinsics = data::WithRadialChange(photo.intrinsics, 0.2);
  data::WriteColmapText(folder_ / "bent", bent);
  options_.poses = folder_ / "bent";
  options_.config.iterations = 200;
  options_.config.poses.refine = "off";
  options_.config.poses.distortion = "on";
  options_.config.poses.from = 0;
  options_.export_colmap = folder_ / "refined";
  const RunSummary summary = PhotosToScene(options_, client_);
  ASSERT_EQ(summary.training.distortion_changes.size(), 1u);
  const double change = summary.training.distortion_changes[0];
  EXPECT_NE(change, 0);
  const data::Intrinsics refined = data::WithRadialChange(bent.photos[0].intrinsics, change);
  const Camera camera = data::UndistortedCamera(refined);
  const data::SceneDescription written = data::ReadPoses(options_.export_colmap, images);
  const std::vector<NamedCamera> cameras = formats::ReadInriaCameras(options_.output + "/cameras.json");
  EvaluationRequest request;
  request.scene = options_.output + "/scene.ply";
  request.split = "all";
  const SplatCloud cloud = testing::RandomCloud(50, 0);
  const EvaluationViews views = OpenEvaluationViews(request, SplatSelection(cloud.View()), {});
  ASSERT_EQ(written.photos.size(), 8u);
  ASSERT_EQ(cameras.size(), 8u);
  ASSERT_EQ(views.dataset.views.size(), 8u);
  for (size_t i = 0; i < cameras.size(); ++i) {
    EXPECT_EQ(written.photos[i].intrinsics.params, refined.params);
    EXPECT_NEAR(cameras[i].camera.fx, camera.fx, 1e-4);
    EXPECT_NEAR(cameras[i].camera.cx, camera.cx, 1e-4);
    EXPECT_EQ(views.dataset.views[i].intrinsics.params, refined.params);
    EXPECT_NEAR(views.dataset.views[i].camera.fy, camera.fy, 1e-4);
  }
  EXPECT_THAT(ReadFile(options_.output + "/metrics.json"), HasSubstr("\"distortion_changes\": [\n"));
  const auto tells = [](const Event& event) { return event.text.find("Refined distortion: k1 ") == 0; };
  EXPECT_TRUE(std::any_of(events_.begin(), events_.end(), tells));
}

TEST_F(PhotosToSceneTest, WarnsWhereNoDistortionIsRefined) {
  options_.config.poses.distortion = "on";
  options_.config.iterations = 5;
  PhotosToScene(options_, client_);
  const auto warns = [](const Event& event) {
    return event.text.find("--refine-distortion on: the distortion of all lenses stays as it is") == 0;
  };
  EXPECT_TRUE(std::any_of(events_.begin(), events_.end(), warns));
}

// A stop in what comes behind the figures of the poses as they came: these stay.
TEST_F(PhotosToSceneTest, AStopInTheFittingOfPosesKeepsTheFigures) {
  options_.config.poses.refine = "on";
  options_.overwrite = true;
  for (const char* part : {"fitting the poses", "at its fitted pose"}) {
    bool stopped = false;
    client_.stop = [&] {
      const auto asks = [&](const Event& event) { return event.text.find(part) != std::string::npos; };
      return stopped = stopped || (!events_.empty() && asks(events_.back()));
    };
    const RunSummary summary = PhotosToScene(options_, client_);
    EXPECT_TRUE(stopped) << part;
    EXPECT_FALSE(summary.fitted_evaluation.has_value());
    EXPECT_THAT(summary.evaluation_error, HasSubstr("interrupted"));
    ASSERT_TRUE(summary.evaluation.has_value());
    EXPECT_THAT(NamesOf(Last(Stage::kEvaluation, Kind::kEnd)), ElementsAre("test_views", "psnr", "ssim"));
    EXPECT_THAT(ReadFile(options_.output + "/metrics.json"), HasSubstr("\"psnr\""));
    EXPECT_FALSE(summary.checks.empty()) << "the run goes on";
    client_.stop = {};
    events_.clear();
  }
}

TEST_F(PhotosToSceneTest, NoModelIsOverwrittenByTheExportedOne) {
  const std::string model = folder_ / "balls/sparse/0";
  const std::string cameras = ReadFile(model + "/cameras.txt");
  options_.export_colmap = model;
  for (const bool overwrite : {false, true}) {
    options_.overwrite = overwrite;
    EXPECT_THAT(ErrorMessageOf([&] { PhotosToScene(options_, client_); }),
                AllOf(HasSubstr("--export-colmap " + model + ": a model lies there already ("),
                      HasSubstr("choose another folder")));
  }
  EXPECT_TRUE(events_.empty()) << "nothing was done before";
  EXPECT_FALSE(fs::exists(options_.output));
  EXPECT_EQ(ReadFile(model + "/cameras.txt"), cameras);
  EXPECT_FALSE(fs::exists(model + "/cameras.bin"));
  fs::create_directories(folder_ / "some");
  WriteFileAtomically(folder_ / "some/Points3D.bin", [](std::ostream& stream) { stream << "x"; });
  options_.export_colmap = folder_ / "some";
  EXPECT_THAT(ErrorMessageOf([&] { PhotosToScene(options_, client_); }), HasSubstr("(Points3D.bin)"));
}

TEST_F(PhotosToSceneTest, CamerasThatColmapDoesNotKnowAreSaidBeforeTheTraining) {
  std::string frames;
  for (int i = 0; i < 8; ++i) {
    frames += StrCat(i > 0 ? "," : "", "{\"file_path\": \"images/photo_0", i,
                     ".png\", \"transform_matrix\": [[1, 0, 0, ", i, "], [0, 1, 0, 0], [0, 0, 1, 0]]}");
  }
  WriteFileAtomically(folder_ / "balls/transforms.json", [&](std::ostream& stream) {
    stream << "{\"fl_x\": 70, \"w\": 64, \"h\": 48, \"k4\": 0.01, \"frames\": [" << frames << "]}";
  });
  options_.poses = folder_ / "balls/transforms.json";
  options_.export_colmap = folder_ / "model";
  EXPECT_THAT(ErrorMessageOf([&] { PhotosToScene(options_, client_); }),
              AllOf(HasSubstr("--export-colmap: images/photo_00.png: its camera has a fourth radial coefficient"),
                    HasSubstr("leave the option out")));
  EXPECT_TRUE(
      std::none_of(events_.begin(), events_.end(), [](const Event& event) { return event.stage == Stage::kTraining; }));
}

TEST_F(PhotosToSceneTest, LeavesWhatItSays) {
  options_.formats = {"ply", "spz"};
  const RunSummary summary = PhotosToScene(options_, client_);
  EXPECT_EQ(summary.output, options_.output);
  EXPECT_EQ(summary.training.steps_done, kSteps);
  EXPECT_FALSE(summary.training.interrupted);
  EXPECT_EQ(summary.training_views, 6u);
  EXPECT_GT(summary.splats, 0);
  ASSERT_TRUE(summary.evaluation.has_value());
  EXPECT_EQ(summary.evaluation->views.size(), 2u);
  EXPECT_EQ(summary.evaluation->Mean("psnr"), summary.evaluation->means.raw[0]);
  std::vector<std::string> told;
  for (const Event& event : events_) told.insert(told.end(), event.files.begin(), event.files.end());
  EXPECT_THAT(told, UnorderedElementsAre(folder_ / "out/scene.ply", folder_ / "out/scene.spz"));
  for (const char* name :
       {"scene.ply", "scene.spz", "cameras.json", "scene_transform.json", "config.json", "metrics.json"}) {
    EXPECT_TRUE(fs::exists(fs::path(options_.output) / name)) << name;
  }
}

TEST_F(PhotosToSceneTest, RunsWithoutAListener) {
  const RunSummary summary = PhotosToScene(options_, {});
  EXPECT_EQ(summary.training.steps_done, kSteps);
}

TEST_F(PhotosToSceneTest, AStopInTheTrainingStillLeavesTheScene) {
  client_.stop = [this] {
    return !events_.empty() && events_.back().stage == Stage::kTraining && events_.back().kind == Kind::kProgress &&
           events_.back().numbers[0].second >= 10;
  };
  const RunSummary summary = PhotosToScene(options_, client_);
  EXPECT_TRUE(summary.training.interrupted);
  EXPECT_EQ(summary.training.steps_done, 10);
  EXPECT_TRUE(fs::exists(folder_ / "out/scene.ply"));
  EXPECT_TRUE(fs::exists(folder_ / "out/metrics.json"));
}

TEST_F(PhotosToSceneTest, AStopBeforeTheTrainingLeavesNothing) {
  client_.stop = [] { return true; };
  EXPECT_THROW(PhotosToScene(options_, client_), Interrupted);
  EXPECT_FALSE(fs::exists(options_.output));
}

TEST_F(PhotosToSceneTest, AFormatThatFailsKeepsNothingElseFromBeingWritten) {
  options_.formats = {"ply", "spz"};
  options_.overwrite = true;
  fs::create_directories(folder_ / "out/scene.spz/in the way");
  EXPECT_THAT(ErrorMessageOf([&] { PhotosToScene(options_, client_); }), HasSubstr("scene.spz"));
  EXPECT_TRUE(fs::exists(folder_ / "out/scene.ply"));
  EXPECT_TRUE(fs::exists(folder_ / "out/metrics.json"));
}

TEST_F(PhotosToSceneTest, RefusesAFolderThatHoldsAScene) {
  PhotosToScene(options_, client_);
  EXPECT_THAT(ErrorMessageOf([&] { PhotosToScene(options_, client_); }), HasSubstr("--overwrite"));
}

TEST(DefaultOutputTest, IsNamedAfterTheCapture) {
  EXPECT_EQ(DefaultOutput("/a/fox"), "fox_splat");
  EXPECT_EQ(DefaultOutput("/a/fox/"), "fox_splat");
  EXPECT_EQ(DefaultOutput("/a/fox/images"), "fox_splat");
  EXPECT_EQ(DefaultOutput("/a/fox/input/"), "fox_splat");
}

}  // namespace
}  // namespace splat::pipeline
