// What a training learns of photos that differ in exposure, white balance and vignetting, and what it leaves alone.
#include "train/color_term.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/check.h"
#include "rasterizer/torch/process_executor.h"
#include "tests/support/step_bench.h"
#include "tests/support/synthetic_set.h"
#include "train/kernels/color/color_stages.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::ExpectEqualBits;
using splat::testing::SyntheticSet;

const Backend kBackends[] = {CpuBackend(), EmulatedGpu()};

TrainConfig Config(const std::string& mode, int iterations = 600) {
  TrainConfig config;
  config.iterations = iterations;
  config.init.sh_degree = 0;
  config.color.mode = mode;
  config.poses.refine = "off";
  return config;
}

// Stops that photo `index` of the set is off by, with a mean of 0 over the training photos only.
double StopsOf(const data::Dataset& dataset, int index) {
  const auto free = [](int i) { return 0.5 * std::sin(2.0 * i); };
  double mean = 0;
  const std::vector<int> training = dataset.ViewsOf(Split::kTrain);
  for (const int view : training) mean += free(view) / double(training.size());
  return free(index) - mean;
}

// Takes the photos of the set again: view(i) is what is changed in photo i.
template <typename ViewOf>
void TakeAgain(SyntheticSet& set, const ViewOf& view_of) {
  for (size_t i = 0; i < set.dataset.views.size(); ++i) {
    const data::View& view = set.dataset.views[i];
    if (view.split == Split::kTest) continue;
    const Image8 scene = RenderToImage8(set.truth, view.camera, set.dataset.background, set.dataset.near);
    std::vector<float> pixels, changed(scene.pixels.size());
    for (const uint8_t value : scene.pixels) pixels.push_back(float(value) / 255);
    ColorRows rows;
    rows.view = view_of(int(i));
    rows.width = scene.width;
    rows.height = scene.height;
    rows.image = pixels.data();
    rows.changed = changed.data();
    KernelContext context;
    context.executor = &ProcessExecutor();
    ApplyViewColor(context, rows);
    data::WriteImage(view.path, RoundedTo8Bits(changed.data(), scene.width, scene.height, 3));
  }
}

ViewColor<float> ViewOfNumbers(const std::vector<double>& photo, const std::vector<double>& camera) {
  return RoundedViewColor(ViewColorOf<double>(photo.data(), camera.data()));
}
const std::vector<double> kNoLens(kCameraColorNumbers, 0);

void TakeWithJitter(SyntheticSet& set) {
  TakeAgain(set, [&](int i) {
    std::vector<double> photo(kPhotoColorNumbers, 0);
    photo[0] = StopsOf(set.dataset, i);
    return ViewOfNumbers(photo, kNoLens);
  });
}

TEST(ColorTerm, LearnsTheExposureOfEachPhotoAndTheSceneKeepsTheirMean) {
  SyntheticSet clean, set;
  TakeWithJitter(set);
  const double best = clean.TestPsnr(TrainOn(CpuBackend(), clean.dataset, Config("off"), {}).model);
  const double off = set.TestPsnr(TrainOn(CpuBackend(), set.dataset, Config("off"), {}).model);
  for (const char* mode : {"exposure", "full"}) {
    SCOPED_TRACE(mode);
    const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config(mode), {});
    ASSERT_TRUE(result.photo_colors.has_value());
    for (const PhotoColor& photo : result.photo_colors->photos) {
      const int index = std::stoi(photo.name.substr(5, 2)) - 10;
      EXPECT_NEAR(photo.exposure, StopsOf(set.dataset, index), 0.08) << photo.name;
    }
    if (std::string(mode) == "full") continue;  // a dozen views of a few blobs say little of a lens
    const double psnr = set.TestPsnr(result.model);
    EXPECT_GT(psnr, best - 1);
    EXPECT_GT(psnr, off + 1);
  }
}

// Warm and cold light in turns, and a lens that darkens the corners.
TEST(ColorTerm, LearnsWhiteBalanceAndVignetting) {
  SyntheticSet set;
  const auto warmth = [](int i) { return i % 2 == 0 ? 1.0 : -1.0; };
  std::vector<double> lens(kCameraColorNumbers, 0);
  for (int c = 0; c < 3; ++c) lens[size_t(c * kChannelLensNumbers + 2)] = -1;
  TakeAgain(set, [&](int i) {
    std::vector<double> photo(kPhotoColorNumbers, 0);
    photo[7] = warmth(i);  // grey, towards red
    return ViewOfNumbers(photo, lens);
  });
  TrainConfig config = Config("full", 1200);
  config.color.rate = 0.01;  // a lens this dark is far to go
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, config, {});
  double difference = 0;
  for (const PhotoColor& photo : result.photo_colors->photos) {
    const int index = std::stoi(photo.name.substr(5, 2)) - 10;
    difference += warmth(index) * photo.chromaticity[3].x / double(result.photo_colors->photos.size());
  }
  EXPECT_NEAR(difference, OffsetOfLatents<double>(3).xx, 0.3 * OffsetOfLatents<double>(3).xx);
  ASSERT_EQ(result.photo_colors->lenses.size(), 1u);
  for (const LensChannel& channel : result.photo_colors->lenses[0]) {
    const double r2 = 0.35 * 0.35 + 0.25 * 0.25;  // towards the corners
    const double kept =
        1 + r2 * (channel.coefficients[0] + r2 * (channel.coefficients[1] + r2 * channel.coefficients[2]));
    EXPECT_NEAR(kept, 1 - r2, 0.07);
  }
}

TEST(ColorTerm, MovesTheTrainingPhotosOnlyAndTheirMeanIsZero) {
  SyntheticSet set;
  TakeWithJitter(set);
  for (const Backend& backend : kBackends) {
    const TrainConfig config = Config("full", 30);
    TrainState state = InitialState(backend, set.dataset, config);
    ContinueTraining(state, backend, set.dataset, config, {});
    const PhotoParameters& photos = state.photo_parameters.at("color.photos");
    torch::Tensor sum = torch::zeros({kPhotoColorNumbers}, torch::kFloat64);
    for (int view = 0; view < int(set.dataset.views.size()); ++view) {
      const bool is_training = set.dataset.views[size_t(view)].split == Split::kTrain;
      const torch::Tensor row = photos.values[view].to(torch::kFloat64);
      EXPECT_EQ(row.abs().max().item<double>() > 0, is_training) << view;
      EXPECT_EQ(photos.steps[size_t(view)] > 0, is_training) << view;
      sum += row;
    }
    EXPECT_LT(sum.abs().max().item<double>(), 1e-6);
    EXPECT_EQ(state.photo_parameters.at("color.lenses").steps, (std::vector<int64_t>{30}));
  }
}

TEST(ColorTerm, WithoutItNothingIsLearned) {
  SyntheticSet set;
  const TrainResult off = TrainOn(CpuBackend(), set.dataset, Config("off", 10), {});
  EXPECT_FALSE(off.photo_colors.has_value());
  EXPECT_EQ(off.color_mode, "off");
}

// Where the rates are 0 no number moves, and an exposure of 0 leaves an image as it is that is nowhere brighter than 1.
TEST(ColorTerm, TheIdentityChangesNoBitOfTheTraining) {
  SyntheticSet set;
  const TrainResult off = TrainOn(CpuBackend(), set.dataset, Config("off", 40), {});
  TrainConfig still = Config("exposure", 40);
  still.color.rate = still.color.reach = 0;
  const TrainResult exposure = TrainOn(CpuBackend(), set.dataset, still, {});
  for (const PhotoColor& photo : exposure.photo_colors->photos) EXPECT_EQ(photo.exposure, 0);
  ExpectEqualBits(exposure.model, off.model);
}

TEST(ColorTerm, TheGpusFirstUpdateIsTheCpus) {
  SyntheticSet set;
  TakeWithJitter(set);
  const TrainConfig config = Config("full", 12);
  TrainState cpu = InitialState(CpuBackend(), set.dataset, config), gpu = cpu.Clone();
  ContinueTraining(cpu, CpuBackend(), set.dataset, config, {});
  ContinueTraining(gpu, EmulatedGpu(), set.dataset, config, {});
  const torch::Tensor a = cpu.photo_parameters.at("color.photos").values.select(1, 0);
  const torch::Tensor b = gpu.photo_parameters.at("color.photos").values.select(1, 0);
  EXPECT_GT(a.abs().max().item<float>(), 0.01f);
  EXPECT_LT((a - b).abs().max().item<float>(), 1e-3f);
}

TEST(ColorTerm, ATrainingGoesOnInItsOwnModeOnly) {
  SyntheticSet set;
  for (const char* begun : {"off", "exposure", "full"}) {
    for (const char* mode : {"off", "exposure", "full", "auto"}) {
      SCOPED_TRACE(StrCat("begun with ", begun, ", goes on with ", mode));
      TrainState state = InitialState(CpuBackend(), set.dataset, Config(begun, 2));
      const auto go_on = [&] { ContinueTraining(state, CpuBackend(), set.dataset, Config(mode, 2), {}); };
      if (std::string(begun) == mode) {
        EXPECT_NO_THROW(go_on());
      } else {
        EXPECT_THROW(go_on(), Error);
        EXPECT_EQ(state.step, 0);
      }
    }
  }
  EXPECT_THROW(InitialState(CpuBackend(), set.dataset, Config("auto")), Error);
}

TEST(ColorTerm, ParametersOfOtherPhotosAreRefused) {
  SyntheticSet set;
  for (const char* mode : {"exposure", "full"}) {
    TrainState state = InitialState(CpuBackend(), set.dataset, Config(mode));
    data::Dataset others = set.dataset;
    others.views.push_back(others.views.back());
    EXPECT_THROW(ContinueTraining(state, CpuBackend(), others, Config(mode), {}), Error);
    if (std::string(mode) == "exposure") continue;
    others = set.dataset;
    others.views.back().lens = 1;
    EXPECT_THROW(ContinueTraining(state, CpuBackend(), others, Config(mode), {}), Error);
  }
}

// Steps whose gradients are NaN, from the fifth on every third.
constexpr int kBadSteps[] = {5, 8, 11};
int calls_of_loss = 0;
LossStage loss_without_fault = nullptr;

Backend WithBadSteps(Backend backend) {
  calls_of_loss = 0;
  loss_without_fault = backend.loss;
  backend.render.count_on_device = nullptr;  // no view is repeated, so that calls are steps
  backend.loss = [](const KernelContext& context, const LossParams& params, LossSums* sums) {
    loss_without_fault(context, params, sums);
    ++calls_of_loss;
    if (std::count(std::begin(kBadSteps), std::end(kBadSteps), calls_of_loss) == 0) return;
    std::fill_n(params.grad_image, int64_t(3) * params.width * params.height, std::numeric_limits<float>::quiet_NaN());
  };
  return backend;
}

TEST(ColorTerm, AStepWithoutUsableGradientsMovesNothing) {
  constexpr double kCentering = 1e-7;  // rounding of the means that are taken away in every step
  SyntheticSet set;
  TakeWithJitter(set);
  for (const Backend& backend : kBackends) {
    for (const char* mode : {"exposure", "full"}) {
      const TrainConfig config = Config(mode, 13);
      TrainState state = InitialState(backend, set.dataset, config), before = state.Clone();
      TrainCallbacks callbacks;
      callbacks.progress = [&](const TrainProgress& now) {
        SCOPED_TRACE(StrCat(mode, ", step ", now.step));
        const bool is_bad = std::count(std::begin(kBadSteps), std::end(kBadSteps), now.step) > 0;
        for (const auto& [name, parameters] : state.photo_parameters) {
          const PhotoParameters& old = before.photo_parameters.at(name);
          const double moved = (parameters.values - old.values).abs().max().item<double>();
          EXPECT_EQ(moved > kCentering, !is_bad) << moved;
          EXPECT_EQ(torch::equal(parameters.first, old.first), is_bad);
          EXPECT_TRUE(parameters.values.isfinite().all().item<bool>());
        }
        before = state.Clone();
      };
      const TrainResult result = ContinueTraining(state, WithBadSteps(backend), set.dataset, config, callbacks);
      EXPECT_EQ(result.unusable_steps, 3);
    }
  }
}

TEST(ColorTerm, SeveralRanksAreRefused) {
  SyntheticSet set;
  const Ranks ranks = {0, 2, [](const KernelContext&, const torch::Tensor&) {}};
  EXPECT_THROW(TrainOn(CpuBackend(), set.dataset, Config("full"), {}, ranks), Error);
}

// Even photos have one lens, odd ones another. Every fourth photo, an even one, is held out: 4 of 12 that are trained
// on are even.
TEST(ColorTerm, PhotosOfSeveralLensesHaveARowForEach) {
  SyntheticSet set;
  for (size_t i = 0; i < set.dataset.views.size(); ++i) set.dataset.views[i].lens = int(i % 2);
  const TrainConfig config = Config("full", 24);
  TrainState state = InitialState(CpuBackend(), set.dataset, config);
  const TrainResult result = ContinueTraining(state, CpuBackend(), set.dataset, config, {});
  EXPECT_EQ(state.photo_parameters.at("color.lenses").steps, (std::vector<int64_t>{8, 16}));
  ASSERT_EQ(result.photo_colors->lenses.size(), 2u);
  EXPECT_NE(result.photo_colors->lenses[0][0].coefficients[0], result.photo_colors->lenses[1][0].coefficients[0]);
  for (const PhotoColor& photo : result.photo_colors->photos) {
    EXPECT_EQ(photo.lens, std::stoi(photo.name.substr(5, 2)) % 2) << photo.name;
  }
}

// A training of photos of lens 0 with a dark lens in one of the rows, which stay as they are.
SplatModel TrainedWithDarkLens(int dark_row) {
  SyntheticSet set;
  set.dataset.views[2].lens = 1;  // is held out
  TrainConfig config = Config("full", 3);
  config.color.rate = config.color.reach = 0;
  TrainState state = InitialState(CpuBackend(), set.dataset, config);
  if (dark_row >= 0) state.photo_parameters.at("color.lenses").values[dark_row].slice(0, 2).fill_(-0.5);
  return ContinueTraining(state, CpuBackend(), set.dataset, config, {}).model;
}

TEST(ColorTerm, APhotoIsSeenThroughItsOwnLens) {
  const SplatModel clear = TrainedWithDarkLens(-1), other = TrainedWithDarkLens(1), own = TrainedWithDarkLens(0);
  ExpectEqualBits(other, clear);
  EXPECT_FALSE(torch::equal(own.sh_dc, clear.sh_dc));
}

}  // namespace
}  // namespace splat::train
