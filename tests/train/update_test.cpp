// The two ways from a gradient to the model: they agree where both apply, and the reduced one sums.
#include "train/update.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "tests/support/emulated_gpu.h"
#include "tests/support/step_bench.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::ExpectEqualBits;
using splat::testing::StepBench;

const Backend kBackends[] = {CpuBackend(), EmulatedGpu()};

void ExpectBothWaysAgree(const Backend& backend) {
  StepBench fused(backend, {}, MakeFusedUpdate(backend)), reduced(backend, {}, MakeReducedUpdate(backend));
  for (int step = 0; step < 6; ++step) {
    SCOPED_TRACE(step);
    for (StepBench* bench : {&fused, &reduced}) {
      bench->SetView(50 + 7 * step, 35);
      // The colours' coefficients are left alone at first.
      bench->input.settings.traits.emplace().sh_degree = step < 2 ? 0 : 1;
      bench->input.statistics.absolute = step % 2 == 1;
      if (step > 3) bench->input.loss.opacity_weight = bench->input.loss.scale_weight = 0.1;
      if (step == 5) bench->input.statistics = {};
      bench->Run();
    }
    EXPECT_EQ(fused.step.Loss(), reduced.step.Loss());
    ExpectEqualBits(fused.model, reduced.model);
    ExpectEqualBits(fused.moments, reduced.moments);
    if (step == 5) continue;
    EXPECT_TRUE(torch::equal(fused.input.statistics.gradient_sum, reduced.input.statistics.gradient_sum));
    EXPECT_TRUE(torch::equal(fused.input.statistics.seen, reduced.input.statistics.seen));
    EXPECT_GT(fused.input.statistics.gradient_sum.max().item<float>(), 0);
  }
  EXPECT_TRUE(fused.moments.colors_varied);
}

TEST(Update, BothWaysGiveTheSameBitsForOneView) {
  for (const Backend& backend : kBackends) ExpectBothWaysAgree(backend);
  const emulation::ScopedOrder order({1});
  ExpectBothWaysAgree(EmulatedGpu());
}

// What a step of these views sums up, with rates of 0. The statistics of densification are left in `bench`.
struct Step {
  torch::Tensor gradients;
  DensityStatistics statistics;
};
Step StepOver(const Backend& backend, const std::vector<int>& widths) {
  Step result;
  int calls = 0;
  StepBench bench(backend, {}, MakeReducedUpdate(backend, [&](const KernelContext&, const torch::Tensor& gradients) {
                    result.gradients = gradients.clone();
                    ++calls;
                  }));
  bench.input.rates = {};
  for (size_t i = 0; i < widths.size(); ++i) {
    bench.SetView(widths[i], 35);
    i + 1 < widths.size() ? bench.AddView() : bench.Run();
  }
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(bench.moments.step, 1);
  result.statistics = bench.input.statistics;
  return result;
}

// Rates of splats 3 and 250 whose gradients overflow: what is not finite moves nothing, and the step is named.
TEST(Update, SaysInWhichStepGradientsWereNotUsable) {
  for (const Backend& backend : kBackends) {
    for (const bool is_reduced : {false, true}) {
      SCOPED_TRACE(is_reduced ? "reduced" : "fused");
      StepBench bench(backend, {}, is_reduced ? MakeReducedUpdate(backend) : MakeFusedUpdate(backend));
      bench.input.loss.scale_weight = 0.1;
      const auto run = [&] {
        bench.Run();
        EXPECT_TRUE(std::isfinite(bench.step.Loss()));
        return bench.step.LastUnusableStep();
      };
      EXPECT_EQ(run(), 0);
      const torch::Tensor kept = bench.model.log_scales.clone();
      for (const int64_t splat : {3, 250}) bench.model.log_scales[splat][1] = 100;  // a scale of infinity
      EXPECT_EQ(run(), 2);
      EXPECT_EQ(run(), 3);
      EXPECT_TRUE(bench.model.log_scales.isfinite().all().item<bool>());
      bench.model.log_scales.copy_(kept);
      EXPECT_EQ(run(), 3);
    }
  }
}

TEST(Update, ViewsOfAStepAddUp) {
  for (const Backend& backend : kBackends) {
    const Step first = StepOver(backend, {50}), second = StepOver(backend, {61}), both = StepOver(backend, {50, 61});
    EXPECT_GT(first.gradients.abs().max().item<float>(), 0);
    EXPECT_FALSE(torch::equal(first.gradients, second.gradients));
    EXPECT_TRUE(torch::equal(both.gradients, first.gradients + second.gradients));
    EXPECT_TRUE(
        torch::equal(both.statistics.gradient_sum, first.statistics.gradient_sum + second.statistics.gradient_sum));
    EXPECT_TRUE(torch::equal(both.statistics.seen, first.statistics.seen + second.statistics.seen));
    const Step three = StepOver(backend, {50, 61, 50});
    EXPECT_TRUE(torch::equal(three.gradients, both.gradients + first.gradients));
  }
}

TEST(Update, NothingMovesBeforeTheLastViewOfAStep) {
  for (const Backend& backend : kBackends) {
    StepBench bench(backend, {}, MakeReducedUpdate(backend));
    const torch::Tensor before = bench.model.means.clone();
    bench.AddView();
    EXPECT_TRUE(torch::equal(bench.model.means, before));
    EXPECT_EQ(bench.moments.step, 0);
    bench.Run();
    EXPECT_FALSE(torch::equal(bench.model.means, before));
    // The next step begins from nothing: one view of it is as good as one of the fused update.
    StepBench other(backend, {}, MakeReducedUpdate(backend));
    other.AddView();
    other.Run();
    TrainStep continued(backend);
    bench.Run();
    const torch::NoGradGuard no_grad;
    continued.Run(other.model, other.optimizer, other.input);
    ExpectEqualBits(bench.model, other.model);
  }
}

// Two ranks with the same view: the hook doubles what it gets, and the penalties are counted once.
TEST(Update, TheSumOverRanksIsWhatMovesTheModel) {
  for (const Backend& backend : kBackends) {
    const auto twice = [](const KernelContext&, const torch::Tensor& gradients) { gradients.mul_(2); };
    StepBench ranks(backend, {}, MakeReducedUpdate(backend, twice)), views(backend, {}, MakeReducedUpdate(backend));
    for (StepBench* bench : {&ranks, &views}) bench->input.loss.opacity_weight = 0.1;
    ranks.Run();
    views.AddView();
    views.Run();
    ExpectEqualBits(ranks.model, views.model);
    ExpectEqualBits(ranks.moments, views.moments);
  }
}

TEST(Update, TheColoursAreUpdatedIfOneViewOfTheStepVariesThem) {
  for (const Backend& backend : kBackends) {
    StepBench bench(backend, {}, MakeReducedUpdate(backend));
    bench.AddView();
    bench.input.settings.traits.emplace().sh_degree = 0;
    bench.Run();
    EXPECT_TRUE(bench.moments.colors_varied);
    EXPECT_GT(bench.moments.first[kShRest].rows().abs().max().item<float>(), 0);
  }
}

TEST(Update, TheFusedWayTakesOneView) {
  StepBench bench(CpuBackend());
  EXPECT_THROW(bench.AddView(), Error);
}

}  // namespace
}  // namespace splat::train
