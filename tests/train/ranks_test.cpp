// Two ranks as two threads of one process.
#include "train/ranks.h"
#include "tests/support/model_tensors.h"

#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/check.h"
#include "rasterizer/torch/process_executor.h"
#include "tests/support/synthetic_set.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::SyntheticSet;

constexpr int kRanks = 2, kSteps = 150;

// Adds up the ranks' tensors in the order of the ranks, when the last one has come.
class SumOfThreads {
 public:
  void Sum(int rank, const torch::Tensor& tensor) {
    std::unique_lock<std::mutex> lock(mutex_);
    tensors_[size_t(rank)] = tensor;
    const int turn = turn_;
    if (++arrived_ == kRanks) {
      ASSERT_EQ(tensors_[0].sizes(), tensors_[1].sizes());
      const torch::Tensor sum = tensors_[0] + tensors_[1];
      for (torch::Tensor& each : tensors_) each.copy_(sum);
      arrived_ = 0;
      ++turn_;
      complete_.notify_all();
    } else {
      complete_.wait(lock, [&] { return turn_ != turn; });
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  std::array<torch::Tensor, kRanks> tensors_;
  int arrived_ = 0, turn_ = 0;
};

struct RankRun {
  TrainResult result;
  std::vector<double> losses;
};

std::array<RankRun, kRanks> TrainOnTwo(const data::Dataset& dataset, const TrainConfig& config) {
  UseThreads(config.threads);  // no stage runs yet
  SumOfThreads sum;
  std::array<RankRun, kRanks> runs;
  std::vector<std::thread> threads;
  for (int rank = 0; rank < kRanks; ++rank) {
    threads.emplace_back([&, rank] {
      TrainCallbacks callbacks;
      callbacks.progress = [&, rank](const TrainProgress& progress) {
        runs[size_t(rank)].losses.push_back(progress.loss);
      };
      const Ranks ranks = {rank, kRanks, [&, rank](const KernelContext&, const torch::Tensor& t) { sum.Sum(rank, t); }};
      runs[size_t(rank)].result = TrainOn(CpuBackend(), dataset, config, callbacks, ranks);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return runs;
}

TrainConfig Config(const std::string& strategy) {
  TrainConfig config;
  config.iterations = kSteps;
  config.threads = 2;
  config.init.sh_degree = 1;
  config = WithStrategy(config, strategy);
  config.density.refine_from = 0;
  config.density.adaptive.grad_threshold = 1e-5;
  return config;
}

double MeanOf(const std::vector<double>& losses, size_t begin, size_t end) {
  double sum = 0;
  for (size_t i = begin; i < end; ++i) sum += losses[i];
  return sum / double(end - begin);
}

void ExpectEqualRanks(const std::string& strategy) {
  SyntheticSet set;
  set.dataset.views.resize(14);  // 11 are trained on: no multiple of the ranks
  ASSERT_EQ(set.dataset.ViewsOf(Split::kTrain).size(), 11u);
  const std::array<RankRun, kRanks> runs = TrainOnTwo(set.dataset, Config(strategy));
  EXPECT_TRUE(Equal(runs[0].result.model, runs[1].result.model));
  EXPECT_NE(runs[0].losses, runs[1].losses) << "each rank is to have views of its own";
  EXPECT_NE(runs[0].result.model.count(), 120) << "densification is meant to take part";
  for (const RankRun& run : runs) {
    EXPECT_EQ(run.result.steps_done, kSteps);
    EXPECT_LT(MeanOf(run.losses, kSteps - 20, kSteps), 0.8 * MeanOf(run.losses, 0, 20));
  }
}

TEST(Ranks, EndWithEqualBitsByTheAdaptiveStrategy) {
  ExpectEqualRanks("adaptive");
}

TEST(Ranks, EndWithEqualBitsByRelocation) {
  ExpectEqualRanks("mcmc");
}

TEST(Ranks, OneRankHasTheBitsOfATrainingWithoutRanks) {
  SyntheticSet set;
  const TrainConfig config = Config("adaptive");
  const SplatModel plain = TrainOn(CpuBackend(), set.dataset, config, {}).model;
  EXPECT_TRUE(Equal(plain, TrainOn(CpuBackend(), set.dataset, config, {}, Ranks{0, 1, {}}).model));
}

TEST(Ranks, WithoutASumOrOutsideTheCountAreRefused) {
  SyntheticSet set;
  for (const Ranks& ranks : {Ranks{0, 2, {}}, Ranks{1, 1, {}}, Ranks{0, 0, {}}}) {
    EXPECT_THROW(TrainOn(CpuBackend(), set.dataset, Config("adaptive"), {}, ranks), Error);
  }
}

}  // namespace
}  // namespace splat::train
