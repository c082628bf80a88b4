// A training on the emulated GPU (tests/support/cuda_emulation.h): it reaches what the CPU reaches, and its steps are
// the CPU's. The real one is tested in tests/gpu.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/check.h"
#include "rasterizer/torch/torch_device.h"
#include "tests/support/backends.h"
#include "tests/support/defined_kernels.h"
#include "tests/support/emulated_gpu.h"
#include "tests/support/error_message.h"
#include "tests/support/model_tensors.h"
#include "tests/support/step_bench.h"
#include "tests/support/synthetic_set.h"
#include "train/choose_backend.h"
#include "train/density/morton_sort.h"
#include "train/density/opacity_resets.h"
#include "train/memory_limits.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::SyntheticSet;

// An emulated GPU that counts what its stages are called for. One at a time.
class CountingGpu {
 public:
  CountingGpu() : backend_(EmulatedGpu()) {
    renders = waited_counts = 0;
    backend_.render.blend = [](const KernelContext& context, const kernels::BlendParams<float>& params) {
      ++renders;
      EmulatedGpu().render.blend(context, params);
    };
    backend_.render.count_instances = [](const KernelContext& context, const int32_t* tile_counts, int64_t count,
                                         int32_t* slot_begin) {
      ++waited_counts;
      return EmulatedGpu().render.count_instances(context, tile_counts, count, slot_begin);
    };
  }
  const Backend& backend() const { return backend_; }

  inline static int renders = 0, waited_counts = 0;

 private:
  Backend backend_;
};

TrainConfig Config(int iterations) {
  TrainConfig config;
  config.iterations = iterations;
  config.init.sh_degree = 2;
  config.poses.refine = "off";
  config.density.refine_from = 0;  // splats are cloned, split and removed in so short a run, too
  return config;
}

double LargestDifference(const SplatModel& a, const SplatModel& b) {
  double largest = 0;
  for (int k = 0; k < kSplatArrays; ++k) {
    if (a[k].numel() == 0) continue;
    largest = std::max(largest, (a[k] - b[k]).abs().max().item<double>());
  }
  return largest;
}

// Adam's first step has the size of the learning rate whatever the gradient's, also where the gradient is mostly
// rounding: so not all numbers agree, but 99 % do.
TEST(DeviceTraining, ItsFirstStepIsTheCpus) {
  SyntheticSet set;
  const TrainResult cpu = TrainOn(CpuBackend(), set.dataset, Config(1), {});
  const TrainResult device = TrainOn(EmulatedGpu(), set.dataset, Config(1), {});
  ASSERT_EQ(cpu.model.count(), device.model.count());
  int64_t different = 0, all = 0;
  for (int k = 0; k < kSplatArrays; ++k) {
    const torch::Tensor& a = cpu.model[k];
    const torch::Tensor difference = (a - device.model[k]).abs();
    different += (difference > 1e-4).sum().item<int64_t>();
    all += a.numel();
  }
  EXPECT_LT(different, all / 100);
}

TrainConfig McmcConfig(int iterations) {
  TrainConfig config = WithStrategy(Config(iterations), "mcmc");
  config.density.mcmc.growth = 0.1;
  return config;
}

constexpr int kSteps = 200;

void ExpectCpuQuality(const TrainConfig& config = Config(kSteps)) {
  SyntheticSet set;
  constexpr double kTolerance_dB = 0.05;
  const TrainResult cpu = TrainOn(CpuBackend(), set.dataset, config, {});
  const CountingGpu gpu;
  const TrainResult device = TrainOn(gpu.backend(), set.dataset, config, {});
  const double expected = set.TestPsnr(cpu.model), actual = set.TestPsnr(device.model);
  ::testing::Test::RecordProperty("psnr_cpu", std::to_string(expected));
  ::testing::Test::RecordProperty("psnr_device", std::to_string(actual));
  EXPECT_GT(expected, 22) << "the CPU learns the scene";
  EXPECT_NEAR(actual, expected, kTolerance_dB);
  EXPECT_EQ(device.steps_done, kSteps);
  EXPECT_NE(device.model.count(), 120) << "densification has changed the model";
  EXPECT_EQ(CountingGpu::waited_counts, 1) << "the first step's";
  EXPECT_GT(CountingGpu::renders, kSteps) << "some steps are meant to find too little room";
  EXPECT_LT(CountingGpu::renders, kSteps + kSteps / 10);
}

TEST(DeviceTraining, ReachesTheCpusQualityInTwoHundredSteps) {
  ExpectCpuQuality();
}

TEST(DeviceTraining, ReachesTheCpusQualityWithThreadsInShuffledOrder) {
  const emulation::ScopedOrder order({1});
  ExpectCpuQuality();
}

TEST(DeviceTraining, ReachesTheCpusQualityWithThreadsInAnotherOrder) {
  const emulation::ScopedOrder order({2});
  ExpectCpuQuality();
}

TEST(DeviceTraining, ReachesTheCpusQualityByRelocation) {
  ExpectCpuQuality(McmcConfig(kSteps));
  const emulation::ScopedOrder order({1});
  ExpectCpuQuality(McmcConfig(kSteps));
}

// A device's loss is that of the step before.
TEST(DeviceTraining, ReportsTheLossOneStepLate) {
  SyntheticSet set;
  std::vector<double> losses[2];
  const Backend backends[2] = {CpuBackend(), EmulatedGpu()};
  for (int i = 0; i < 2; ++i) {
    TrainCallbacks callbacks;
    callbacks.progress = [&](const TrainProgress& progress) { losses[i].push_back(progress.loss); };
    TrainOn(backends[i], set.dataset, Config(12), callbacks);
  }
  ASSERT_EQ(losses[1].size(), 12u);
  EXPECT_NEAR(losses[1][0], losses[0][0], 1e-5);
  EXPECT_NEAR(losses[1][1], losses[0][0], 1e-5);
  // The mean of both: mean_k = 0.98 mean_(k-1) + 0.02 loss_k.
  const auto loss_of = [&](int backend, size_t k) {
    return (losses[backend][k] - 0.98 * losses[backend][k - 1]) / 0.02;
  };
  for (size_t k = 2; k < 11; ++k) EXPECT_NEAR(loss_of(1, k), loss_of(0, k - 1), 2e-3) << k;
  EXPECT_NEAR(loss_of(1, 11), loss_of(0, 11), 2e-3) << "the last one is waited for";
}

// No atomics on floats, no order that depends on the threads: the same bits in any order.
TEST(DeviceTraining, EqualSeedsGiveEqualBitsInAnyOrderOfThreads) {
  for (const TrainConfig& config : {Config(80), McmcConfig(80)}) {
    SyntheticSet set;
    const TrainResult natural = TrainOn(EmulatedGpu(), set.dataset, config, {});
    const emulation::ScopedOrder order({7});
    const TrainResult shuffled = TrainOn(EmulatedGpu(), set.dataset, config, {});
    EXPECT_NE(natural.model.count(), 120) << "densification is meant to take part";
    ASSERT_EQ(natural.model.count(), shuffled.model.count());
    EXPECT_EQ(LargestDifference(natural.model, shuffled.model), 0) << config.density.strategy;
  }
}

// A training that waits for each step's count, and one that predicts it and repeats steps for which it was too low.
TEST(DeviceTraining, PredictingCountsChangesNoBit) {
  SyntheticSet set;
  const CountingGpu gpu;
  const TrainResult predicting = TrainOn(gpu.backend(), set.dataset, Config(80), {});
  EXPECT_GT(CountingGpu::renders, 80);
  Backend waiting_gpu = EmulatedGpu();
  waiting_gpu.render.count_on_device = nullptr;
  const TrainResult waiting = TrainOn(waiting_gpu, set.dataset, Config(80), {});
  ASSERT_EQ(predicting.model.count(), waiting.model.count());
  EXPECT_EQ(LargestDifference(predicting.model, waiting.model), 0);
}

// No kernel is only compiled: each has been executed in this very program.
TEST(DeviceTraining, EveryKernelIsExecuted) {
  SyntheticSet set;
  TrainConfig config = Config(80);
  config.density.max_gaussians = 125;  // growth is taken back
  config.density.adaptive.grad_threshold = 1e-6;
  TrainOn(EmulatedGpu(), set.dataset, config, {});
  TrainOn(EmulatedGpu(), set.dataset, McmcConfig(40), {});
  for (const char* mode : {"exposure", "full"}) {
    config = Config(2);
    config.color.mode = mode;
    TrainOn(EmulatedGpu(), set.dataset, config, {});
  }

  // What only rare steps, or only the checks of others, use.
  ModelOptimizer optimizer(set.truth, OptimizerConfig(), EmulatedGpu());
  SortByMortonCode(set.truth, optimizer);
  ResetOpacity(set.truth, optimizer, 0.5);
  for (torch::Tensor* tensor : TensorsOf(set.truth)) tensor->mutable_grad() = torch::ones_like(*tensor);
  optimizer.Step(set.truth, LearningRates{});
  testing::StepBench bench(EmulatedGpu(), {}, MakeReducedUpdate(EmulatedGpu()));
  bench.input.loss.opacity_weight = 0.1;
  const torch::Tensor pose_loss = PoseLossOn(torch::kCPU);
  bench.input.pose_loss = pose_loss.data_ptr<double>();
  bench.AddView();
  bench.Run();
  testing::RenderInput input;
  input.camera = testing::TestCamera(20, 20, 1);
  input.splats = testing::RandomSplats({}, input.camera);
  for (const auto& backend : testing::DeviceBackends()) {
    const testing::Rendered forward = backend->Render(input);
    const std::vector<double> slots = backend->BlendBackward(input, forward, {std::vector<double>(1200, 1), {}, {}});
    backend->ProjectBackward(input, forward, slots);
    backend->CameraGradient(input, forward, slots);
  }

  // The kernels of formats/ are executed in tests/formats/quantize/kmeans_device_test.cpp.
  std::set<std::string> defined = testing::DefinedKernels("rasterizer/kernels");
  defined.merge(testing::DefinedKernels("train/kernels"));
  EXPECT_GT(defined.size(), 20u);
  EXPECT_EQ(emulation::LaunchedKernels(), defined);
}

// The emulated GPU has 8 GB.
TEST(DeviceTraining, SaysWhatWouldFitOnAGpuThatIsTooSmall) {
  const int64_t fits = MostSplatsFor(EmulatedGpu(), 1000);
  EXPECT_GT(fits, 2000000);
  EXPECT_LT(fits, 10000000);
  // Two gigabytes of photos, of the nine tenths that are used.
  const double left = double(MostSplatsFor(EmulatedGpu(), 1000, int64_t(2) << 30)) / double(fits);
  EXPECT_NEAR(left, 1 - 2 / (0.9 * 8), 0.01);
  SyntheticSet set;
  for (data::View& view : set.dataset.views) view.camera.width = view.camera.height = 40000;
  const std::string message = testing::ErrorMessageOf([&] { TrainOn(EmulatedGpu(), set.dataset, Config(1), {}); });
  EXPECT_THAT(message, ::testing::HasSubstr("enough for 0 splats at 1600000000 pixels"));
  EXPECT_THAT(message, ::testing::HasSubstr("larger --downscale"));
}

TEST(DeviceTraining, SaysWhyThereIsNoGpu) {
  if (CudaIsUsable()) GTEST_SKIP() << "there is one";
  EXPECT_STREQ(ChooseBackend("auto").name, "cpu");
  EXPECT_FALSE(ChooseBackend("auto").is_device);
  EXPECT_EQ(testing::ErrorMessageOf([] { ChooseBackend("cuda"); }),
            "--device cuda: " + WhyNoCuda() + "; use --device cpu");
}

}  // namespace
}  // namespace splat::train
