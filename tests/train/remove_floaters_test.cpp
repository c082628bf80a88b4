// Floaters are taken out of a model in training, on the CPU and on the emulated GPU.
#include "train/remove_floaters.h"
#include "tests/support/model_tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/step_bench.h"
#include "tests/support/synthetic_set.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::SyntheticSet;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The model of the photos, with a speck before the lens of a training view behind it.
SplatModel WithASpeck(const SyntheticSet& set, const Camera& camera) {
  const torch::NoGradGuard no_grad;
  SplatModel model = SelectRows(set.truth, torch::arange(set.truth.count() + 1).remainder(set.truth.count()));
  const Vec3<double> speck = Inverse(camera.camera_from_world) * Vec3<double>{0.1, 0, 0.25};
  const int64_t row = model.count() - 1;
  const double place[] = {speck.x, speck.y, speck.z};
  for (int64_t k = 0; k < 3; ++k) model.means[row][k] = place[k];
  model.log_scales[row] = -4;
  model.opacity_logits[row] = 2;
  return model;
}

// A sink that keeps its lines.
struct Lines {
  std::vector<std::string> lines;
  LogSink Sink() {
    return [this](LogLevel, const std::string& line) { lines.push_back(line); };
  }
};

TEST(RemoveFloaters, TakesTheSpeckOutAndKeepsTheRest) {
  const SyntheticSet set;
  for (const Backend& backend : {CpuBackend(), EmulatedGpu()}) {
    SplatModel model = WithASpeck(set, set.dataset.views[0].camera);
    ModelOptimizer optimizer(model, OptimizerConfig{}, backend);
    Random random(1);
    const uint64_t state = random.state();
    Lines log;
    const FloaterCounts counts = RemoveFloaters({model, optimizer, random}, set.dataset, {}, log.Sink());
    EXPECT_EQ(counts.Floaters(), 1);
    EXPECT_EQ(counts.near_only, 1);
    EXPECT_EQ(model.count(), set.truth.count());
    EXPECT_EQ(optimizer.count(), set.truth.count());
    EXPECT_TRUE(torch::equal(model.means, set.truth.means));
    EXPECT_EQ(random.state(), state);
    EXPECT_THAT(log.lines, ElementsAre(HasSubstr("Floaters: removed 1 of 121 splats")));
  }
}

TEST(RemoveFloaters, LeavesASceneWhoseCamerasSayNothing) {
  SyntheticSet set;
  for (data::View& view : set.dataset.views) view.camera = set.dataset.views[0].camera;
  SplatModel model = WithASpeck(set, set.dataset.views[0].camera);
  ModelOptimizer optimizer(model, OptimizerConfig{});
  Random random(1);
  Lines log;
  EXPECT_EQ(RemoveFloaters({model, optimizer, random}, set.dataset, {}, log.Sink()).Floaters(), 0);
  EXPECT_EQ(model.count(), set.truth.count() + 1);
  EXPECT_THAT(log.lines, ElementsAre(HasSubstr("floaters are not removed: all photos were taken from one place")));
}

TEST(RemoveFloaters, ComesWhenTheLastSplatsWereAddedAndAtTheEnd) {
  TrainConfig config;
  EXPECT_FALSE(RemovesFloatersAfter(config, 600, 600));
  config.remove_floaters = "on";
  std::vector<int> steps;
  for (int step = 1; step <= 600; ++step) {
    if (RemovesFloatersAfter(config, step, 600)) steps.push_back(step);
  }
  EXPECT_THAT(steps, ElementsAre(300, 600));
}

// A training whose photos are those of the model leaves no splat that they do not support, and costs the held-out views
// nothing.
TEST(RemoveFloaters, InATrainingLeavesOnlyWhatPhotosSupport) {
  SyntheticSet set;
  TrainConfig config;
  config.iterations = 200;
  config.init.sh_degree = 1;
  const SplatModel plain = Train(set.dataset, config, {}).model;
  config.remove_floaters = "on";
  const SplatModel clean = Train(set.dataset, config, {}).model;
  EXPECT_GT(FindFloaters(SupportInTraining(plain, CpuBackend(), set.dataset)).counts.Floaters(), 0);
  EXPECT_EQ(FindFloaters(SupportInTraining(clean, CpuBackend(), set.dataset)).counts.Floaters(), 0);
  EXPECT_GT(set.TestPsnr(clean), set.TestPsnr(plain) - 0.3);
  config.threads = 1;
  EXPECT_TRUE(torch::equal(Train(set.dataset, config, {}).model.means, clean.means));
}

}  // namespace
}  // namespace splat::train
