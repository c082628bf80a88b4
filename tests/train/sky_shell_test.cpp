// Splats for the sky: where they lie, when there are any, and what they are worth in a capture out of doors.
#include "train/sky_shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "capture/capture.h"
#include "data/dataset/view_loader.h"
#include "data/poses/pose_source.h"
#include "quality/evaluation.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "tests/support/pinhole_view.h"
#include "tests/support/temp_dir.h"
#include "tests/support/torch_scenes.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::PinholeView;
using splat::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

data::Dataset TwoCameras() {
  data::Dataset dataset;
  dataset.extent = 5;
  for (const double x : {-1.0, 3.0}) {
    dataset.views.push_back(PinholeView("", 64, 48));
    dataset.views.back().camera.camera_from_world.translation = {-x, 0, 0};
  }
  return dataset;
}

TEST(SkyRadius, IsFarBeyondCamerasAndPoints) {
  data::Dataset dataset = TwoCameras();
  EXPECT_EQ(SkyRadius(dataset), 5 * kSkyDistance);
  dataset.extent = 0.1;  // cameras that stand close together look as far as others
  EXPECT_EQ(SkyRadius(dataset), data::kAlignedDistance * kSkyDistance);
  for (int i = 0; i < 400; ++i) dataset.points.positions.push_back({1, 0, i < 398 ? 300.0 : 1e6});
  EXPECT_EQ(SkyRadius(dataset), 600) << "twice as far as the points, but for those that are wrong";
  EXPECT_LT(BeyondScene(dataset.extent), SkyRadius(dataset));
}

TEST(AddSky, PutsASplatIntoEachDirection) {
  const data::Dataset dataset = TwoCameras();
  data::OpenSky sky;
  sky.directions = {{0, -1, 0}, {0.6, -0.8, 0}};
  sky.colors = {{0, 51, 255}, {255, 255, 255}};
  sky.spacing = 0.1;
  const SplatModel before = splat::testing::RandomModel(7, 1, 3);
  SplatModel model = before;
  AddSky(sky, dataset, model);
  ASSERT_EQ(model.count(), 9);
  for (int array = 0; array < kSplatArrays; ++array)
    EXPECT_TRUE(torch::equal(model[array].slice(0, 0, 7), before[array]));
  const torch::Tensor from_middle = model.means.slice(0, 7) - torch::tensor({1.0f, 0.0f, 0.0f});
  EXPECT_TRUE(torch::allclose(from_middle, torch::tensor({0.0f, -150.0f, 0.0f, 90.0f, -120.0f, 0.0f}).view({2, 3})));
  EXPECT_NEAR(math::ShDcToColor(model.sh_dc[7][1].item<float>()), 0.2, 1e-5);
  EXPECT_NEAR(std::exp(model.log_scales[8][0].item<float>()), 0.6 * 0.1 * 150, 1e-3);
  EXPECT_GT(math::Sigmoid(model.opacity_logits[8].item<float>()), 0.8);
  AddSky({}, dataset, model);
  EXPECT_EQ(model.count(), 9);
}

// A small capture with its truth, every fourth photo held out.
struct Capture {
  TempDir folder;
  data::Dataset dataset;

  explicit Capture(bool outdoors) {
    ThreadPool pool(2);
    capture::CaptureOptions options;
    options.outdoors = outdoors;
    options.photos = 32;
    options.width = 96;
    options.height = 72;
    options.samples_per_side = 1;
    const auto taken = capture::WriteCapture(options, folder / "capture", pool, {});
    data::DatasetOptions reading;
    reading.test_every = 4;
    dataset = data::BuildDataset(data::ReadPoses(taken.truth_folder, taken.photo_folder), reading, pool, {});
  }

  Vec3<double> InWorld(const Vec3<double>& in_scene) const { return dataset.source_from_scene * in_scene; }

  double TestPsnr(const SplatModel& model) const {
    data::ViewLoader loader(dataset, data::ViewLoader::Options{}, nullptr);
    return quality::Evaluate(model, dataset, dataset.ViewsOf(Split::kTest), loader, {}, nullptr).Mean("psnr");
  }
};

// What is chosen, and the lines that say so.
struct Choice {
  data::OpenSky sky;
  std::vector<std::string> lines;

  Choice(const data::Dataset& dataset, const std::string& mode) {
    TrainConfig config;
    config.sky = mode;
    sky = ChosenSky(dataset, config, [&](LogLevel, const std::string& line) { lines.push_back(line); });
  }
};

TEST(ChosenSky, IsThatOfACaptureOutOfDoors) {
  const Capture outdoors(true);
  const Choice choice(outdoors.dataset, "auto");
  EXPECT_THAT(choice.lines, ElementsAre(HasSubstr("--sky auto: the photos show sky in ")));
  EXPECT_GT(choice.sky.share, 0.35);
  EXPECT_LT(choice.sky.share, 0.45);
  EXPECT_GT(choice.sky.directions.size(), 2000u);
  for (const Vec3<double>& direction : choice.sky.directions) {
    const Vec3<double> up = outdoors.InWorld(direction) - outdoors.InWorld({0, 0, 0});
    EXPECT_GT(up.z, -0.06 * Norm(up)) << "the meadow ends less than 3 degrees below the horizon";
  }
  const Choice off(outdoors.dataset, "off");
  EXPECT_TRUE(off.sky.empty());
  EXPECT_THAT(off.lines, ElementsAre());
}

TEST(ChosenSky, IsNoneInARoom) {
  const Capture room(false);
  const Choice choice(room.dataset, "auto");
  EXPECT_TRUE(choice.sky.empty());
  EXPECT_THAT(choice.lines, ElementsAre());
  EXPECT_LT(choice.sky.share, 0.02);
}

// How much of a model hangs where nothing is: above everything, before the sky. Sum of the opacities.
double InTheAir(const Capture& capture, const SplatModel& model) {
  double sum = 0;
  for (int64_t i = 0; i < model.count(); ++i) {
    const float* mean = model.means.data_ptr<float>() + 3 * i;
    const Vec3<double> at = capture.InWorld({mean[0], mean[1], mean[2]});
    const bool is_sky = Norm(Vec3<double>{mean[0], mean[1], mean[2]}) > BeyondScene(capture.dataset.extent);
    if (at.z > 1.1 * capture::kHighestOutdoors && !is_sky) sum += math::Sigmoid(model.opacity_logits[i].item<float>());
  }
  return sum;
}

TEST(SkyShell, TakesTheSkyOutOfTheAir) {
  const Capture outdoors(true);
  TrainConfig config;
  config.iterations = 400;
  config.device = "cpu";
  config.init.sh_degree = 1;
  config.sky = "off";
  const SplatModel without = Train(outdoors.dataset, config, {}).model;
  config.sky = "auto";
  const SplatModel with = Train(outdoors.dataset, config, {}).model;
  const double psnr_without = outdoors.TestPsnr(without), psnr_with = outdoors.TestPsnr(with);
  RecordProperty("psnr_without", std::to_string(psnr_without));
  RecordProperty("psnr_with", std::to_string(psnr_with));
  EXPECT_GT(psnr_with, psnr_without + 2);
  EXPECT_LT(InTheAir(outdoors, with), 0.3 * InTheAir(outdoors, without));

  config.remove_floaters = "on";
  const SplatModel cleaned = Train(outdoors.dataset, config, {}).model;
  EXPECT_GT(outdoors.TestPsnr(cleaned), psnr_with - 0.3) << "the sky is no floater";
}

}  // namespace
}  // namespace splat::train
