#include "train/trainer.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "core/check.h"
#include "data/image_io.h"
#include "rasterizer/render.h"
#include "tests/support/temp_dir.h"
#include "tests/support/torch_scenes.h"
#include "train/metrics.h"

namespace splat::train {
namespace {

using splat::testing::FrontCamera;
using splat::testing::RandomModel;
using splat::testing::TempDir;

// Photos of a known model: cameras on an arc around the middle of the splats, every fourth held out.
struct SyntheticSet {
  TempDir folder;
  SplatModel truth = RandomModel(120, 0, 21);
  data::Dataset dataset;

  SyntheticSet() {
    const torch::NoGradGuard no_grad;
    truth.means.select(1, 2).sub_(4);  // around the origin
    truth.opacity_logits.clamp_(0, 3);
    for (int i = 0; i < 16; ++i) {
      data::View view;
      view.name = "view_" + std::to_string(10 + i) + ".png";
      view.path = folder / view.name;
      view.camera = FrontCamera(72, 56);
      const double angle = 0.08 * (i - 7.5);
      view.camera.camera_from_world.rotation = {
          {{std::cos(angle), 0, std::sin(angle)}, {0, 1, 0}, {-std::sin(angle), 0, std::cos(angle)}}};
      view.camera.camera_from_world.translation = {0, 0, 4};
      view.intrinsics.width = 72;
      view.intrinsics.height = 56;
      const Camera& c = view.camera;
      view.intrinsics.params = {c.fx, c.fy, c.cx, c.cy};
      view.split = i % 4 == 2 ? data::Split::kTest : data::Split::kTrain;
      data::WriteImage(view.path, RenderToImage8(truth, view.camera, dataset.background));
      dataset.views.push_back(view);
    }
    dataset.extent = 2;
    // Points: the true means, off by a little, all grey.
    const float* means = truth.means.data_ptr<float>();
    Random random(2);
    for (int64_t i = 0; i < truth.count(); ++i) {
      dataset.points.positions.push_back({means[3 * i] + 0.05 * random.Normal(),
                                          means[3 * i + 1] + 0.05 * random.Normal(),
                                          means[3 * i + 2] + 0.05 * random.Normal()});
      dataset.points.colors.push_back({128, 128, 128});
    }
  }

  double TestPsnr(const SplatModel& model) {
    data::ViewLoader loader(dataset, data::ViewLoader::Options{}, nullptr);
    return Evaluate(model, dataset, dataset.ViewsOf(data::Split::kTest), loader, nullptr).psnr;
  }
};

TrainConfig Config(int iterations) {
  TrainConfig config;
  config.iterations = iterations;
  config.init.sh_degree = 1;
  return config;
}

bool Equal(const SplatModel& a, const SplatModel& b) {
  for (size_t k = 0; k < 6; ++k) {
    if (a.Tensors()[k]->sizes() != b.Tensors()[k]->sizes() || !torch::equal(*a.Tensors()[k], *b.Tensors()[k]))
      return false;
  }
  return true;
}

TEST(Train, LearnsAKnownSceneAndShowsItFromUnseenViews) {
  SyntheticSet set;
  const TrainResult start = Train(set.dataset, Config(1), {});
  const TrainResult result = Train(set.dataset, Config(600), {});
  const double before = set.TestPsnr(start.model), after = set.TestPsnr(result.model);
  RecordProperty("psnr_before", std::to_string(before));
  RecordProperty("psnr_after", std::to_string(after));
  // Seen with this seed: from 17.5 dB to 31.6 dB; two dB are left for other compilers and libraries.
  EXPECT_GT(after, 29.5);
  EXPECT_LT(before, 20);
  EXPECT_EQ(result.steps_done, 600);
}

TEST(Train, EqualSeedsGiveEqualBitsAtAnyThreadCount) {
  SyntheticSet set;
  TrainConfig config = Config(60);
  config.density.refine_from = 0;
  std::vector<SplatModel> models;
  for (const int threads : {1, 2, 3}) {
    config.threads = threads;
    models.push_back(Train(set.dataset, config, {}).model);
  }
  at::set_num_threads(1);
  EXPECT_TRUE(Equal(models[0], models[1]));
  EXPECT_TRUE(Equal(models[0], models[2]));
  config.seed = 7;
  EXPECT_FALSE(Equal(models[0], Train(set.dataset, config, {}).model));
}

TEST(Train, StopsAfterTheCurrentStepAndKeepsTheModel) {
  SyntheticSet set;
  int steps = 0;
  TrainCallbacks callbacks;
  callbacks.progress = [&](const TrainProgress& progress) { steps = progress.step; };
  callbacks.stop = [&] { return steps == 5; };
  const TrainResult result = Train(set.dataset, Config(50), callbacks);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.steps_done, 5);
  EXPECT_EQ(result.model.count(), 120);
  EXPECT_FALSE(result.model.means.requires_grad());
}

TEST(Train, RefusesADatasetWithoutTrainingViews) {
  SyntheticSet set;
  for (data::View& view : set.dataset.views) view.split = data::Split::kTest;
  EXPECT_THROW(Train(set.dataset, Config(1), {}), Error);
}

TEST(Train, APhotoThatBreaksLateIsLeftOutWithAWarning) {
  SyntheticSet set;
  std::ofstream(set.dataset.views[0].path, std::ios::trunc) << "no photo";
  std::string warning;
  TrainCallbacks callbacks;
  callbacks.log = [&](LogLevel level, const std::string& line) {
    if (level == LogLevel::kWarning) warning += line;
  };
  EXPECT_EQ(Train(set.dataset, Config(30), callbacks).steps_done, 30);
  EXPECT_NE(warning.find(set.dataset.views[0].name), std::string::npos) << warning;
}

TEST(Train, FailsWhenNoPhotoCanBeRead) {
  SyntheticSet set;
  for (const data::View& view : set.dataset.views) std::ofstream(view.path, std::ios::trunc) << "no photo";
  EXPECT_THROW(Train(set.dataset, Config(5), {}), Error);
}

TEST(Train, KeepsTheLimitOfGaussians) {
  SyntheticSet set;
  TrainConfig config = Config(400);
  config.density.max_gaussians = 130;
  config.density.grad_threshold = 1e-6;  // everything wants to grow
  EXPECT_LE(Train(set.dataset, config, {}).model.count(), 130);
}

}  // namespace
}  // namespace splat::train
