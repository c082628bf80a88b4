// What a training learns of photos that differ in exposure, white balance and vignetting, and what it leaves alone.
#include "train/color_term.h"

#include <gtest/gtest.h>

#include <cmath>

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

TEST(ColorTerm, WithoutItNoBitChangesAndNothingIsLearned) {
  SyntheticSet set;
  const TrainResult off = TrainOn(CpuBackend(), set.dataset, Config("off", 40), {});
  EXPECT_FALSE(off.photo_colors.has_value());
  // No number moves where the rates are 0: what the term does to the image at the identity is nothing.
  TrainConfig still = Config("exposure", 40);
  still.color.rate = still.color.reach = 0;
  const TrainResult exposure = TrainOn(CpuBackend(), set.dataset, still, {});
  for (const PhotoColor& photo : exposure.photo_colors->photos) EXPECT_EQ(photo.exposure, 0);
  EXPECT_NEAR(set.TestPsnr(exposure.model), set.TestPsnr(off.model), 0.1);
}

TEST(ColorTerm, ATrainingThatGoesOnEndsWithTheSameBits) {
  SyntheticSet set;
  TakeWithJitter(set);
  for (const char* mode : {"exposure", "full"}) {
    const TrainConfig config = Config(mode, 60);
    TrainState whole = InitialState(CpuBackend(), set.dataset, config);
    TrainState first = whole.Clone();
    ContinueTraining(whole, CpuBackend(), set.dataset, config, {});
    TrainCallbacks callbacks;
    callbacks.stop = [&] { return first.step == 31; };
    ContinueTraining(first, CpuBackend(), set.dataset, config, callbacks);
    TrainState second = first.Clone();
    ContinueTraining(second, CpuBackend(), set.dataset, config, {});
    ExpectEqualBits(second.model, whole.model);
    for (const auto& [name, parameters] : whole.photo_parameters) {
      const PhotoParameters& others = second.photo_parameters.at(name);
      EXPECT_TRUE(torch::equal(parameters.values, others.values)) << name;
      EXPECT_TRUE(torch::equal(parameters.second, others.second)) << name;
      EXPECT_EQ(parameters.steps, others.steps);
    }
  }
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

TEST(ColorTerm, ParametersOfAnotherModeAreRefused) {
  SyntheticSet set;
  TrainState state = InitialState(CpuBackend(), set.dataset, Config("exposure"));
  EXPECT_THROW(ContinueTraining(state, CpuBackend(), set.dataset, Config("full"), {}), Error);
}

TEST(ColorTerm, SeveralRanksAreRefused) {
  SyntheticSet set;
  const Ranks ranks = {0, 2, [](const KernelContext&, const torch::Tensor&) {}};
  EXPECT_THROW(TrainOn(CpuBackend(), set.dataset, Config("full"), {}, ranks), Error);
}

TEST(ColorTerm, PhotosOfSeveralLensesHaveARowForEach) {
  SyntheticSet set;
  for (size_t i = 0; i < set.dataset.views.size(); ++i) set.dataset.views[i].lens = i < 4 ? 0 : 1;
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config("full", 24), {});
  ASSERT_EQ(result.photo_colors->lenses.size(), 2u);
  EXPECT_EQ(result.photo_colors->photos.front().lens, 0);
  EXPECT_EQ(result.photo_colors->photos.back().lens, 1);
}

}  // namespace
}  // namespace splat::train
