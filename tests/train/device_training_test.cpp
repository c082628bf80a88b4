// A training on the emulated card (tests/support/cuda_emulation.h), and on a real one where there is one: it reaches
// what the CPU reaches, and its steps are the CPU's.
#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "rasterizer/kernels/cuda_stages.h"
#include "rasterizer/torch_device.h"
#include "tests/support/emulated_card.h"
#include "tests/support/synthetic_set.h"
#include "train/kernels/density_cuda_stages.h"
#include "train/kernels/train_cuda_stages.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::SyntheticSet;

// Its tensors lie in the process's memory.
Backend EmulatedCard() {
  return {torch::kCPU, &splat::kernels::emulated::DeviceStages(), &kernels::emulated::DeviceTrainStages(),
          &kernels::emulated::DeviceDensityStages(), true};
}

TrainConfig Config(int iterations) {
  TrainConfig config;
  config.iterations = iterations;
  config.init.sh_degree = 2;
  config.density.refine_from = 0;  // splats are cloned, split and removed in so short a run, too
  return config;
}

double LargestDifference(const SplatModel& a, const SplatModel& b) {
  double largest = 0;
  for (size_t k = 0; k < 6; ++k) {
    if (a.Tensors()[k]->numel() == 0) continue;
    largest = std::max(largest, (*a.Tensors()[k] - *b.Tensors()[k]).abs().max().item<double>());
  }
  return largest;
}

// Rounding of alpha (exp2 against exp) and of sums in another order. Adam makes a step of the learning rate of any
// gradient, also of one that is mostly rounding: five steps of the largest rate, that of the opacity, are 0.25.
TEST(DeviceTraining, ItsFirstStepsAreTheCpus) {
  SyntheticSet set;
  const TrainResult cpu = TrainOn(CpuBackend(), set.dataset, Config(1), {});
  const TrainResult device = TrainOn(EmulatedCard(), set.dataset, Config(1), {});
  ASSERT_EQ(cpu.model.count(), device.model.count());
  const TrainResult start = TrainOn(CpuBackend(), set.dataset, Config(1), {});
  EXPECT_EQ(LargestDifference(cpu.model, start.model), 0);
  int64_t different = 0, all = 0;
  for (size_t k = 0; k < 6; ++k) {
    const torch::Tensor& a = *cpu.model.Tensors()[k];
    const torch::Tensor difference = (a - *device.model.Tensors()[k]).abs();
    different += (difference > 1e-4).sum().item<int64_t>();
    all += a.numel();
  }
  EXPECT_LT(different, all / 100);
}

void ExpectCpuQuality(const Backend& backend) {
  SyntheticSet set;
  constexpr int kSteps = 200;
  constexpr double kTolerance_dB = 0.05;
  const TrainResult cpu = TrainOn(CpuBackend(), set.dataset, Config(kSteps), {});
  const TrainResult device = TrainOn(backend, set.dataset, Config(kSteps), {});
  const double expected = set.TestPsnr(cpu.model), actual = set.TestPsnr(device.model);
  ::testing::Test::RecordProperty("psnr_cpu", std::to_string(expected));
  ::testing::Test::RecordProperty("psnr_device", std::to_string(actual));
  EXPECT_GT(expected, 22) << "the CPU learns the scene";
  EXPECT_NEAR(actual, expected, kTolerance_dB);
  EXPECT_EQ(device.steps_done, kSteps);
  EXPECT_NE(device.model.count(), 120) << "density control has changed the model";
}

TEST(DeviceTraining, ReachesTheCpusQualityInTwoHundredSteps) {
  ExpectCpuQuality(EmulatedCard());
}

TEST(DeviceTraining, ReachesTheCpusQualityWithThreadsInShuffledOrder) {
  const emulation::ScopedOrder order({1});
  ExpectCpuQuality(EmulatedCard());
}

TEST(DeviceTraining, ReachesTheCpusQualityWithThreadsInAnotherOrder) {
  const emulation::ScopedOrder order({2});
  ExpectCpuQuality(EmulatedCard());
}

TEST(DeviceTraining, ReachesTheCpusQualityOnTheCard) {
  if (!CudaIsUsable()) GTEST_SKIP() << "no card: " << WhyNoCuda();
  ExpectCpuQuality(ChooseBackend("cuda"));
}

// No atomics on floats, no order that depends on the threads: the same bits in any order.
TEST(DeviceTraining, EqualSeedsGiveEqualBitsInAnyOrderOfThreads) {
  SyntheticSet set;
  const TrainResult natural = TrainOn(EmulatedCard(), set.dataset, Config(30), {});
  const emulation::ScopedOrder order({7});
  const TrainResult shuffled = TrainOn(EmulatedCard(), set.dataset, Config(30), {});
  ASSERT_EQ(natural.model.count(), shuffled.model.count());
  EXPECT_EQ(LargestDifference(natural.model, shuffled.model), 0);
}

TEST(DeviceTraining, RefusesASceneThatTheCardCannotHold) {
  const Backend card = EmulatedCard();
  EXPECT_GT(MostSplatsFor(card, 1000), 1000000);
  EXPECT_EQ(MostSplatsFor(card, int64_t(1) << 40), 0);
}

TEST(DeviceTraining, SaysWhyThereIsNoCard) {
  if (CudaIsUsable()) GTEST_SKIP() << "there is one";
  EXPECT_EQ(ChooseBackend("auto").stages, CpuBackend().stages);
  EXPECT_THROW(ChooseBackend("cuda"), Error);
}

}  // namespace
}  // namespace splat::train
