#include "train/model_optimizer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <torch/optim/adam.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/model_tensors.h"
#include "tests/support/stepped_model.h"
#include "tests/support/torch_scenes.h"

namespace splat::train {
namespace {

// LibTorch's own Adam is the reference.
TEST(ModelOptimizer, AgreesWithTorchAdam) {
  const SplatModel start = splat::testing::RandomModel(30, 2, 8);
  const LearningRates rates = {1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 6e-3};
  SplatModel ours = SelectRows(start, torch::arange(30)), theirs = SelectRows(start, torch::arange(30));
  SetRequiresGrad(ours, true);
  SetRequiresGrad(theirs, true);
  const OptimizerConfig config;
  ModelOptimizer optimizer(ours, config);
  std::vector<torch::optim::Adam> reference;
  for (int k = 0; k < kSplatArrays; ++k) {
    reference.emplace_back(std::vector<torch::Tensor>{theirs[k]},
                           torch::optim::AdamOptions(rates[k]).betas({config.beta1, config.beta2}).eps(config.epsilon));
  }
  torch::manual_seed(3);
  for (int step = 0; step < 20; ++step) {
    for (int k = 0; k < kSplatArrays; ++k) {
      const torch::Tensor grad = torch::randn_like(ours[k].detach());
      ours[k].mutable_grad() = grad;
      theirs[k].mutable_grad() = grad.clone();
      reference[k].step();
    }
    optimizer.Step(ours, rates);
  }
  // Both optimizers work in float, over twenty steps of at most the learning rate.
  constexpr double kTolerance = 2e-6;
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::allclose(ours[k].detach(), theirs[k].detach(), 0, kTolerance)) << kSplatArrayList[k].name;
  }
}

TEST(ModelOptimizer, LeavesATensorWithoutGradientAlone) {
  SplatModel model = splat::testing::RandomModel(4, 0, 8);
  const torch::Tensor before = model.means.clone();
  ModelOptimizer optimizer(model, OptimizerConfig{});
  optimizer.Step(model, {1, 1, 1, 1, 1, 1});
  EXPECT_TRUE(torch::equal(model.means, before));
}

#if !defined(__SANITIZE_ADDRESS__)
// Lets the process's memory grow by so many bytes only, until it is destroyed.
class MemoryLimit {
 public:
  explicit MemoryLimit(int64_t more_bytes) {
    std::ifstream statm("/proc/self/statm");
    int64_t pages = 0;
    statm >> pages;
    getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = rlim_t(pages * sysconf(_SC_PAGE_SIZE) + more_bytes);
    EXPECT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  }
  ~MemoryLimit() { setrlimit(RLIMIT_AS, &before_); }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit before_;
};

// Wherever the memory runs out, the model and its moments are those of before: the training goes on as if the edit had
// never been tried.
TEST(ModelOptimizer, MemoryThatRunsOutInAnEditLeavesTheModelWhole) {
  constexpr int64_t kRows = int64_t(1) << 22;  // means of 50 MB: the allocator asks the system for each tensor
  int failures = 0;
  for (int64_t megabytes = 20; megabytes < 3000; megabytes += 40) {
    testing::SteppedModel plain, tried;
    RowEdit edit;
    edit.from = torch::tensor({5, 0}, torch::kInt64);
    edit.to = torch::tensor({2, 6}, torch::kInt64);
    edit.moved = 1;
    edit.rows = edit.limit = kRows;
    const SplatModel values = SelectRows(tried.model, edit.from);
    bool failed = false;
    try {
      const MemoryLimit limit(megabytes << 20);
      tried.optimizer.EditRows(tried.model, values, edit);
    } catch (const c10::Error&) {
      failed = true;
    }
    if (!failed) break;
    ++failures;
    ASSERT_EQ(tried.model.count(), 6);
    plain.Step();
    tried.Step();
    for (int k = 0; k < kSplatArrays; ++k) {
      ASSERT_TRUE(torch::equal(tried.model[k], plain.model[k]))
          << kSplatArrayList[k].name << " after a failure with " << megabytes << " MB";
    }
  }
  EXPECT_GT(failures, 10) << "the memory is meant to end at every tensor";
}
#endif

}  // namespace
}  // namespace splat::train
