// One training step: that its memory is kept and the number of instances predicted from step to step, and that neither
// changes a bit.
#include "train/train_step.h"

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
// runs are not. One at a time, for the tables of stages hold plain functions.
class WatchedBackend {
 public:
  explicit WatchedBackend(const Backend& backend)
      : backend_(backend), stages_(*backend.stages), train_(*backend.train) {
    real_stages = backend.stages;
    real_train = backend.train;
    waited_counts = renders = 0;
    if (backend.is_device) WatchAll();
    backend_.stages = &stages_;
    backend_.train = &train_;
  }
  const Backend& backend() const { return backend_; }

  inline static int waited_counts = 0, renders = 0;

 private:
  void WatchAll() {
    using Context = KernelContext;
    stages_.bin_splats = [](const Context& context, const kernels::BinParams<float>& params) {
      const UncountedAllocations uncounted;
      real_stages->bin_splats(context, params);
    };
    stages_.project = [](const Context& context, const kernels::ProjectParams<float>& params) {
      const UncountedAllocations uncounted;
      real_stages->project(context, params);
    };
    stages_.count_instances = [](const Context& context, const int32_t* tile_counts, int64_t count, int32_t* slots) {
      const UncountedAllocations uncounted;
      ++waited_counts;
      return real_stages->count_instances(context, tile_counts, count, slots);
    };
    if (stages_.count_on_device) {
      stages_.count_on_device = [](const Context& context, const int32_t* tile_counts, int64_t count, int32_t* slots) {
        const UncountedAllocations uncounted;
        return real_stages->count_on_device(context, tile_counts, count, slots);
      };
    }
    stages_.blend = [](const Context& context, const kernels::BlendParams<float>& params) {
      const UncountedAllocations uncounted;
      ++renders;
      real_stages->blend(context, params);
    };
    stages_.blend_backward = [](const Context& context, const kernels::BlendBackwardParams<float>& params) {
      const UncountedAllocations uncounted;
      real_stages->blend_backward(context, params);
    };
    train_.loss = [](const Context& context, const LossParams& params, LossSums* sums) {
      const UncountedAllocations uncounted;
      real_train->loss(context, params, sums);
    };
    train_.backward_and_adam = [](const Context& context, const BackwardAdamParams& params) {
      const UncountedAllocations uncounted;
      real_train->backward_and_adam(context, params);
    };
  }

  inline static const kernels::Stages* real_stages = nullptr;
  inline static const TrainStages* real_train = nullptr;
  Backend backend_;
  kernels::Stages stages_;
  TrainStages train_;
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

TEST(TrainStep, AllocatesNothingAfterTheFirstStepOnTheCpu) {
  for (const int threads : {1, 2}) {
    UseThreads(threads);
    ExpectNoAllocationAfterWarmUp(CpuBackend());
  }
}

TEST(TrainStep, AllocatesNothingAfterTheFirstStepOnAGpu) {
  ExpectNoAllocationAfterWarmUp(EmulatedGpu(kernels::emulated::DeviceStages()));
  ExpectNoAllocationAfterWarmUp(EmulatedGpu(kernels::emulated::DeviceStagesBucketed()));
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
  ExpectKeptMemoryChangesNoBit(EmulatedGpu(kernels::emulated::DeviceStages()));
  ExpectKeptMemoryChangesNoBit(EmulatedGpu(kernels::emulated::DeviceStagesBucketed()));
}

TEST(TrainStep, AQueuedLossIsThatOfItsStepHoweverLateItIsRead) {
  for (const Backend& backend : {CpuBackend(), EmulatedGpu(kernels::emulated::DeviceStages())}) {
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
kernels::Stages Waiting(kernels::Stages stages) {
  stages.count_on_device = nullptr;
  return stages;
}

// Trains on the same views with and without prediction. Returns how many renders the steps with it took.
int ExpectPredictionChangesNoBit(const kernels::Stages& stages, const std::vector<std::pair<int, int>>& views) {
  const kernels::Stages waiting_stages = Waiting(stages);
  const WatchedBackend watched(EmulatedGpu(stages));
  Bench predicting(watched.backend()), waiting(EmulatedGpu(waiting_stages));
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
    for (const auto* stages : {&kernels::emulated::DeviceStages(), &kernels::emulated::DeviceStagesBucketed()}) {
      EXPECT_EQ(ExpectPredictionChangesNoBit(*stages, {{50, 35}, {50, 35}, {40, 30}, {50, 35}}), 4);
    }
  }
}

// A view with more instances than the room is rendered twice.
TEST(TrainStep, AViewWithoutRoomIsRenderedAgainAndChangesNoBit) {
  for (const uint64_t order_seed : {0, 1, 2}) {
    const emulation::ScopedOrder order({order_seed});
    for (const auto* stages : {&kernels::emulated::DeviceStages(), &kernels::emulated::DeviceStagesBucketed()}) {
      EXPECT_EQ(ExpectPredictionChangesNoBit(*stages, {{16, 16}, {90, 70}, {16, 16}, {90, 70}, {130, 100}}), 5 + 2);
    }
  }
}

TEST(TrainStep, AModelThatIsNotSeenIsTrainedOn) {
  const WatchedBackend watched(EmulatedGpu(kernels::emulated::DeviceStages()));
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
