// One training step: that its memory is kept and the number of instances predicted from step to step, and that neither
// changes a bit.
#include "train/train_step.h"
#include "tests/support/model_tensors.h"

#include <gtest/gtest.h>

#include "rasterizer/torch/process_executor.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/emulated_gpu.h"
#include "tests/support/step_bench.h"

namespace splat::train {
namespace {

using splat::testing::CountedAllocations;
using splat::testing::EmulatedGpu;
using splat::testing::ExpectEqualBits;
using Bench = splat::testing::StepBench;
using splat::testing::UncountedAllocations;

// A backend whose calls of stages can be watched: they are counted, and the allocations of those that the emulation
// runs are not. One at a time, for a backend is a table of plain functions.
class WatchedBackend {
 public:
  explicit WatchedBackend(const Backend& backend) : backend_(backend) {
    real = backend;
    waited_counts = renders = 0;
    if (backend.is_device) WatchAll();
  }
  const Backend& backend() const { return backend_; }

  inline static int waited_counts = 0, renders = 0;

 private:
  void WatchAll() {
    using Context = KernelContext;
    backend_.render.bin_splats = [](const Context& context, const kernels::BinParams<float>& params) {
      const UncountedAllocations uncounted;
      real.render.bin_splats(context, params);
    };
    backend_.render.project = [](const Context& context, const kernels::ProjectParams<float>& params) {
      const UncountedAllocations uncounted;
      real.render.project(context, params);
    };
    backend_.render.count_instances = [](const Context& context, const int32_t* tile_counts, int64_t count,
                                         int32_t* slots) {
      const UncountedAllocations uncounted;
      ++waited_counts;
      return real.render.count_instances(context, tile_counts, count, slots);
    };
    if (backend_.render.count_on_device) {
      backend_.render.count_on_device = [](const Context& context, const int32_t* tile_counts, int64_t count,
                                           int32_t* slots) {
        const UncountedAllocations uncounted;
        return real.render.count_on_device(context, tile_counts, count, slots);
      };
    }
    backend_.render.blend = [](const Context& context, const kernels::BlendParams<float>& params) {
      const UncountedAllocations uncounted;
      ++renders;
      real.render.blend(context, params);
    };
    backend_.render.blend_backward = [](const Context& context, const kernels::BlendBackwardParams<float>& params) {
      const UncountedAllocations uncounted;
      real.render.blend_backward(context, params);
    };
    backend_.loss = [](const Context& context, const LossParams& params, LossSums* sums) {
      const UncountedAllocations uncounted;
      real.loss(context, params, sums);
    };
    backend_.update.backward_and_adam = [](const Context& context, const BackwardAdamParams& params) {
      const UncountedAllocations uncounted;
      real.update.backward_and_adam(context, params);
    };
  }

  inline static Backend real = CpuBackend();
  Backend backend_;
};

void ExpectNoAllocationAfterWarmUp(const Backend& backend) {
  constexpr int kSteps = 8;
  const WatchedBackend watched(backend);
  Bench bench(watched.backend());
  {
    const CountedAllocations first;
    bench.Run();
    EXPECT_GT(first.count(), 10) << "the counter is meant to see tensors";
  }
  const SplatModel before = SelectRows(bench.model, torch::arange(bench.model.count()));
  const CountedAllocations later;
  for (int step = 0; step < kSteps; ++step) bench.Run();
  const int64_t found = later.count();
  EXPECT_EQ(found, 0);
  EXPECT_FALSE(torch::equal(before.means, bench.model.means)) << "the steps are meant to be real";
}

TEST(TrainStep, TakesTheTraitsOfTheModelUnlessOthersAreGiven) {
  Bench plain(CpuBackend()), antialiased(CpuBackend()), told(CpuBackend());
  antialiased.model.traits.antialiasing = Antialiasing::kCompensated;
  told.input.settings.traits.emplace().antialiasing = Antialiasing::kCompensated;
  for (Bench* bench : {&plain, &antialiased, &told}) bench->Run();
  EXPECT_NE(plain.step.Loss(), antialiased.step.Loss());
  EXPECT_EQ(told.step.Loss(), antialiased.step.Loss());
  ExpectEqualBits(told.model, antialiased.model);
}

// What is masked trains no splat: those that are seen through masked pixels alone keep their values, and densification
// learns nothing of them.
void ExpectNothingGrowsBehindAMask(const Backend& backend) {
  Bench bench(backend);
  constexpr int kWidth = 96, kHeight = 64, kKept = 40;
  bench.SetView(kWidth, kHeight);
  bench.input.target.weights = torch::zeros({kHeight, kWidth}, torch::kUInt8);
  bench.input.target.weights.narrow(1, 0, kKept).fill_(255);
  bench.model.log_scales.fill_(-4);  // a few pixels wide
  // x of the means on the screen
  const torch::Tensor x = bench.model.means.select(1, 0) / bench.model.means.select(1, 2) * kWidth + kWidth / 2.0;
  const torch::Tensor hidden = x > kKept + 12, shown = x < kKept - 12;
  const SplatModel before = SelectRows(bench.model, torch::arange(bench.model.count()));
  bench.Run();
  const torch::Tensor& gradient = bench.input.statistics.gradient_sum;
  EXPECT_EQ(gradient.masked_select(hidden).abs().max().item<float>(), 0);
  EXPECT_GT(gradient.masked_select(shown).max().item<float>(), 0);
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::equal(before[k].index({hidden}), bench.model[k].index({hidden}))) << kSplatArrayList[k].name;
  }
  EXPECT_FALSE(torch::equal(before.means.index({shown}), bench.model.means.index({shown})));
}

TEST(TrainStep, NothingGrowsBehindAMask) {
  ExpectNothingGrowsBehindAMask(CpuBackend());
  ExpectNothingGrowsBehindAMask(EmulatedGpu());
}

TEST(TrainStep, AllocatesNothingAfterTheFirstStepOnTheCpu) {
  for (const int threads : {1, 2}) {
    UseThreads(threads);
    ExpectNoAllocationAfterWarmUp(CpuBackend());
  }
}

TEST(TrainStep, AllocatesNothingAfterTheFirstStepOnAGpu) {
  ExpectNoAllocationAfterWarmUp(EmulatedGpu());
}

// The memory of a large image serves a small one, and what lies in it from the step before shows nowhere.
void ExpectKeptMemoryChangesNoBit(const Backend& backend) {
  Bench kept(backend);
  Bench fresh(backend);
  for (const auto& [width, height] : {std::pair{90, 70}, {20, 15}, {50, 35}, {90, 70}, {130, 100}}) {
    kept.SetView(width, height);
    fresh.SetView(width, height);
    kept.Run();
    TrainStep step(backend);
    const torch::NoGradGuard no_grad;
    step.Run(fresh.model, fresh.optimizer, fresh.input);
    EXPECT_EQ(kept.step.Loss(), step.Loss());
    ExpectEqualBits(kept.model, fresh.model);
  }
  EXPECT_TRUE(torch::equal(kept.input.statistics.gradient_sum, fresh.input.statistics.gradient_sum));
}

TEST(TrainStep, KeptMemoryChangesNoBit) {
  ExpectKeptMemoryChangesNoBit(CpuBackend());
  ExpectKeptMemoryChangesNoBit(EmulatedGpu());
}

TEST(TrainStep, AQueuedLossIsThatOfItsStepHoweverLateItIsRead) {
  for (const Backend& backend : {CpuBackend(), EmulatedGpu()}) {
    Bench bench(backend);
    bench.SetView(50, 35);
    bench.Run();
    const double first = bench.step.Loss();
    bench.step.QueueLoss();
    bench.input.loss.ssim_weight = 0.9;
    bench.Run();
    EXPECT_EQ(bench.step.QueuedLoss(), first);
    EXPECT_NE(bench.step.Loss(), first);
  }
}

// The stages of a GPU that is waited for in every step.
Backend Waiting(Backend backend) {
  backend.render.count_on_device = nullptr;
  return backend;
}

// Trains on the same views with and without prediction. Returns how many renders the steps with it took.
int ExpectPredictionChangesNoBit(const Backend& backend, const std::vector<std::pair<int, int>>& views) {
  const WatchedBackend watched(backend);
  Bench predicting(watched.backend()), waiting(Waiting(backend));
  for (const auto& [width, height] : views) {
    for (Bench* bench : {&predicting, &waiting}) {
      bench->SetView(width, height);
      bench->Run();
    }
    EXPECT_EQ(predicting.step.Loss(), waiting.step.Loss());
    ExpectEqualBits(predicting.model, waiting.model);
  }
  EXPECT_TRUE(torch::equal(predicting.input.statistics.gradient_sum, waiting.input.statistics.gradient_sum));
  EXPECT_TRUE(torch::equal(predicting.input.statistics.seen, waiting.input.statistics.seen));
  EXPECT_EQ(WatchedBackend::waited_counts, 1) << "only the first step's count is waited for";
  return WatchedBackend::renders;
}

TEST(TrainStep, PredictingTheCountChangesNoBit) {
  for (const uint64_t order_seed : {0, 1, 2}) {
    const emulation::ScopedOrder order({order_seed});
    EXPECT_EQ(ExpectPredictionChangesNoBit(EmulatedGpu(), {{50, 35}, {50, 35}, {40, 30}, {50, 35}}), 4);
  }
}

// A view with more instances than the room is rendered twice.
TEST(TrainStep, AViewWithoutRoomIsRenderedAgainAndChangesNoBit) {
  for (const uint64_t order_seed : {0, 1, 2}) {
    const emulation::ScopedOrder order({order_seed});
    EXPECT_EQ(ExpectPredictionChangesNoBit(EmulatedGpu(), {{16, 16}, {90, 70}, {16, 16}, {90, 70}, {130, 100}}), 5 + 2);
  }
}

TEST(TrainStep, AModelThatIsNotSeenIsTrainedOn) {
  const WatchedBackend watched(EmulatedGpu());
  Bench bench(watched.backend());
  const Camera front = bench.input.target.camera;
  bench.Run();
  bench.input.target.camera.camera_from_world.translation.z = -100;
  bench.Run();
  bench.Run();
  EXPECT_EQ(bench.input.statistics.seen.max().item<int>(), 1);
  bench.input.target.camera = front;
  bench.Run();
  EXPECT_EQ(bench.input.statistics.seen.max().item<int>(), 2);
  EXPECT_EQ(WatchedBackend::renders, 4);
}

}  // namespace
}  // namespace splat::train
