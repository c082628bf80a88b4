// Splats for the sky in captures of splat-capture: when there are any, and what they are worth out of doors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "capture/capture.h"
#include "data/dataset/view_loader.h"
#include "data/poses/pose_source.h"
#include "io/json_parse.h"
#include "io/read_file.h"
#include "pipeline/run.h"
#include "quality/evaluation.h"
#include "rasterizer/math/activation.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"
#include "train/sky_shell.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::TempDir;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

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

  Choice(const data::Dataset& dataset, const std::string& mode, int64_t room = 100'000) {
    TrainConfig config;
    config.sky = mode;
    sky = ChosenSky(dataset, config, room, [&](LogLevel, const std::string& line) { lines.push_back(line); });
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
  const Choice crowded(outdoors.dataset, "auto", 0);
  EXPECT_TRUE(crowded.sky.empty());
  EXPECT_THAT(crowded.lines, ElementsAre(HasSubstr("the points leave no room")));
  const Choice off(outdoors.dataset, "off");
  EXPECT_TRUE(off.sky.empty());
  EXPECT_THAT(off.lines, ElementsAre());
}

TEST(ChosenSky, IsNoneInARoom) {
  const Capture room(false);
  const Choice choice(room.dataset, "auto");
  EXPECT_TRUE(choice.sky.empty());
  EXPECT_THAT(choice.lines, ElementsAre(AllOf(HasSubstr("--sky auto: the photos show sky in "), HasSubstr("; off"))));
  EXPECT_LT(choice.sky.share, 0.02);
}

TEST(BeginTraining, KeepsTheSkyBelowTheLimit) {
  const Capture outdoors(true);
  TrainConfig config;
  std::vector<std::string> lines;
  const auto begin = [&](const std::string& sky, int64_t room) {
    config.sky = sky;
    config.density.max_gaussians = int64_t(outdoors.dataset.points.positions.size()) + room;
    const auto log = [&](LogLevel, const std::string& line) { lines.push_back(line); };
    const TrainStart start = BeginTraining(CpuBackend(), outdoors.dataset, config, log);
    EXPECT_EQ(start.config.sky, sky == "auto" && room > 0 ? "on" : "off");
    return start.state.model.count();
  };
  const int64_t without = begin("off", 0);
  EXPECT_EQ(begin("auto", 0), without);
  EXPECT_GT(begin("auto", 300), without + 150);
  EXPECT_LE(begin("auto", 300), without + 300);
  for (const std::string& line : lines) EXPECT_THAT(line, Not(HasSubstr("more than the limit")));
}

TEST(PhotosToScene, SaysInItsMetricsWhetherItBeganWithASky) {
  const Capture outdoors(true);
  pipeline::RunOptions options;
  options.images = outdoors.folder / "capture/photos";
  options.poses = outdoors.folder / "capture/truth";
  options.output = outdoors.folder / "out";
  options.formats = {"ply"};
  options.overwrite = true;
  options.config.iterations = 1;
  options.config.device = "cpu";
  const auto told = [&](const std::string& sky) {
    options.config.sky = sky;
    pipeline::PhotosToScene(options, {});
    const std::string path = outdoors.folder / "out/metrics.json";
    return ParseJson<nlohmann::json>(ReadFile(path), path)["train"]["sky"].get<std::string>();
  };
  EXPECT_EQ(told("auto"), "on");
  EXPECT_EQ(told("off"), "off");
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
  const TrainResult result = Train(outdoors.dataset, config, {});
  EXPECT_EQ(result.sky, "on");
  const SplatModel& with = result.model;
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
