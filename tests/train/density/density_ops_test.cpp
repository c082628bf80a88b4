#include "train/density/density_ops.h"
#include "tests/support/model_tensors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "rasterizer/math/activation.h"
#include "rasterizer/torch/render.h"
#include "tests/support/torch_scenes.h"

namespace splat::train {
namespace {

using splat::testing::FrontCamera;
using splat::testing::RandomModel;

// A model whose optimiser has taken one step, so that the moments are not zero.
struct State {
  SplatModel model = RandomModel(6, 1, 4);
  ModelOptimizer optimizer{model, OptimizerConfig{}};
  Random random{9};

  State() {
    SetRequiresGrad(model, true);
    Step();
  }
  void Step() {
    for (torch::Tensor* tensor : TensorsOf(model)) tensor->mutable_grad() = torch::Tensor();
    Render(model, FrontCamera(40, 40), {}).image.square().sum().backward();
    optimizer.Step(model, {1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3});
  }
};

TEST(DensityOps, KeepingAllChangesNothing) {
  State state;
  const torch::Tensor before = state.model.means.detach().clone();
  ApplyFates(state.model, state.optimizer, std::vector<SplatFate>(6, SplatFate::kKeep), state.random);
  EXPECT_TRUE(torch::equal(state.model.means.detach(), before));
}

TEST(DensityOps, RemovingASplatThatIsNotSeenLeavesTheImage) {
  State state;
  {
    const torch::NoGradGuard no_grad;
    state.model.means[2][2] = -5;  // behind the camera
  }
  const torch::Tensor before = Render(state.model, FrontCamera(40, 40), {}).image.detach();
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[2] = SplatFate::kRemove;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  EXPECT_EQ(state.model.count(), 5);
  EXPECT_EQ(state.optimizer.count(), 5);
  EXPECT_TRUE(torch::equal(Render(state.model, FrontCamera(40, 40), {}).image.detach(), before));
}

TEST(DensityOps, CloneAddsAnEqualSplatAtTheEnd) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[3] = SplatFate::kClone;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  ASSERT_EQ(state.model.count(), 7);
  for (const torch::Tensor* tensor : TensorsOf(state.model)) EXPECT_TRUE(torch::equal((*tensor)[3], (*tensor)[6]));
}

TEST(DensityOps, SplitReplacesTheParentByTwoSmallerOnesNearIt) {
  State state;
  const SplatModel before = SelectRows(state.model, torch::arange(6));
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[0] = SplatFate::kSplit;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  ASSERT_EQ(state.model.count(), 7);
  EXPECT_TRUE(torch::equal(state.model.means.detach().slice(0, 1, 6), before.means.slice(0, 1)));
  const double largest = std::exp(before.log_scales[0].max().item<float>());
  for (const int64_t child : {0, 6}) {
    const torch::Tensor shrunk = before.log_scales[0] - std::log(kSplitShrink);
    EXPECT_TRUE(torch::allclose(state.model.log_scales[child].detach(), shrunk));
    const double distance = (state.model.means[child].detach() - before.means[0]).norm().item<double>();
    EXPECT_GT(distance, 0);
    EXPECT_LT(distance, 6 * largest);  // six standard deviations
  }
  EXPECT_FALSE(torch::equal(state.model.means[0], state.model.means[6]));
}

// The generator goes on as if each child's numbers had been drawn from it.
TEST(DensityOps, EachChildTakesThreeNormalsOfTheGenerator) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kClone);
  fates[1] = fates[4] = SplatFate::kSplit;
  Random expected = state.random;
  for (int draw = 0; draw < 4 * 3; ++draw) expected.Normal();
  ApplyFates(state.model, state.optimizer, fates, state.random);
  EXPECT_EQ(state.random.state(), expected.state());
}

// A kept splat goes on with its moments, also where the last one has moved to the place of a removed one.
TEST(DensityOps, MomentsStayWithTheirSplats) {
  State plain, edited;
  {
    // Splat 0 is removed from both; `plain` never hears of it through its image.
    const torch::NoGradGuard no_grad;
    plain.model.means[0][2] = -5;
    edited.model.means[0][2] = -5;
  }
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[0] = SplatFate::kRemove;
  ApplyFates(edited.model, edited.optimizer, fates, edited.random);
  plain.Step();
  edited.Step();
  for (int k = 0; k < kSplatArrays; ++k) {
    const torch::Tensor& expected = plain.model[k];
    EXPECT_TRUE(torch::equal(edited.model[k], expected.index_select(0, torch::tensor({5, 1, 2, 3, 4}))))
        << kSplatArrayList[k].name;
  }
}

// Moments of zero, also in the place of another splat.
TEST(DensityOps, NewSplatsBeginWithoutMoments) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[0] = SplatFate::kRemove;
  fates[3] = fates[4] = SplatFate::kClone;
  ApplyFates(state.model, state.optimizer, fates, state.random);  // to row 0 and to row 6
  for (torch::Tensor* tensor : TensorsOf(state.model)) tensor->mutable_grad() = torch::ones_like(*tensor);
  // With equal gradients the step depends on the moments alone.
  const torch::Tensor before = state.model.means.detach().clone();
  state.optimizer.Step(state.model, {1, 1, 1, 1, 1, 1});
  const torch::Tensor step = (state.model.means.detach() - before).abs().amax(1);
  EXPECT_FLOAT_EQ(step[0].item<float>(), step[6].item<float>());
  EXPECT_NE(step[0].item<float>(), step[3].item<float>());
}

// The step depends on the moments alone where all gradients are equal: those of sources and targets are gone.
TEST(DensityOps, RelocatedSplatsAndTheirSourcesBeginWithoutMoments) {
  State state;
  {
    const torch::NoGradGuard no_grad;
    state.model.opacity_logits.fill_(-30);  // nearly no chance to be drawn, though alive
    state.model.opacity_logits[1] = -90;    // dead
    state.model.opacity_logits[4] = 2;
  }
  const torch::Tensor before_edit = state.model.means.detach().clone();
  RelocationGoal goal;
  goal.rows = goal.limit = 8;
  goal.dead_opacity = 1e-30;
  ASSERT_TRUE(Relocate(state.model, state.optimizer, goal, state.random));
  ASSERT_EQ(state.model.count(), 8);
  ASSERT_EQ(state.optimizer.count(), 8);
  for (const int64_t row : {1, 4, 6, 7}) {
    EXPECT_TRUE(torch::equal(state.model.means[row].detach(), before_edit[4])) << row;
    EXPECT_NEAR(math::Sigmoid(double(state.model.opacity_logits[row].item<float>())),
                1 - std::pow(1 - math::Sigmoid(2.0), 0.25), 1e-6);
  }
  for (torch::Tensor* tensor : TensorsOf(state.model)) tensor->mutable_grad() = torch::ones_like(*tensor);
  const torch::Tensor before = state.model.means.detach().clone();
  state.optimizer.Step(state.model, {1, 1, 1, 1, 1, 1});
  const torch::Tensor step = (state.model.means.detach() - before).abs().amax(1);
  for (const int64_t row : {1, 4, 6}) EXPECT_FLOAT_EQ(step[row].item<float>(), step[7].item<float>()) << row;
  EXPECT_NE(step[0].item<float>(), step[7].item<float>());
}

// The ray through the middle of a splat, seen from the front, lets as much light through as before.
TEST(DensityOps, RelocationLeavesTheMiddleOfTheImageAsItWas) {
  SplatModel model = RandomModel(2, 0, 1);
  const torch::NoGradGuard no_grad;
  const Camera camera = FrontCamera(41, 41);
  model.means.zero_();
  model.means.select(1, 2).fill_(4);
  model.means[1][2] = -5;  // the dead one lies behind the camera
  model.log_scales.fill_(-1);
  model.opacity_logits[0] = 1.5f;
  model.opacity_logits[1] = -20;
  ModelOptimizer optimizer(model, OptimizerConfig{});
  const torch::Tensor before = Render(model, camera, {}).image.clone();
  Random random(3);
  RelocationGoal goal;
  goal.rows = goal.limit = 2;
  goal.dead_opacity = 0.005;
  ASSERT_TRUE(Relocate(model, optimizer, goal, random));
  const torch::Tensor after = Render(model, camera, {}).image;
  EXPECT_GT(before[20][20].max().item<float>(), 0.1);
  EXPECT_LT((after[20][20] - before[20][20]).abs().max().item<float>(), 0.02);
  EXPECT_LT((after - before).abs().mean().item<float>(), 0.02);
}

TEST(DensityOps, GrowsInPlaceOnceThereIsRoom) {
  State state;
  const auto memory = [&] {
    std::vector<const void*> pointers;
    for (const torch::Tensor* tensor : TensorsOf(state.model)) pointers.push_back(tensor->data_ptr());
    return pointers;
  };
  const auto apply = [&](SplatFate fate, size_t splats) {
    std::vector<SplatFate> fates(size_t(state.model.count()), SplatFate::kKeep);
    std::fill_n(fates.begin(), splats, fate);
    ApplyFates(state.model, state.optimizer, fates, state.random);
    EXPECT_EQ(state.optimizer.count(), state.model.count());
    for (const torch::Tensor* tensor : TensorsOf(state.model)) {
      EXPECT_TRUE(tensor->is_contiguous() && tensor->requires_grad() && tensor->is_leaf());
    }
  };
  apply(SplatFate::kClone, 1);  // 7 of room for 9
  const auto after_growth = memory();
  apply(SplatFate::kClone, 2);
  apply(SplatFate::kRemove, 4);
  apply(SplatFate::kSplit, 3);
  SortByMortonCode(state.model, state.optimizer);
  EXPECT_EQ(memory(), after_growth);
  EXPECT_EQ(state.model.count(), 8);
  state.Step();
  apply(SplatFate::kClone, 2);
  EXPECT_NE(memory(), after_growth);
  EXPECT_EQ(state.model.count(), 10);
}

// A model whose tensors have been replaced by others is edited as it is.
TEST(DensityOps, TakesOverTensorsThatAreNew) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[1] = SplatFate::kClone;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  state.model = SelectRows(state.model, torch::arange(7));
  state.model.means += 1;
  const torch::Tensor before = state.model.means.clone();
  fates.assign(7, SplatFate::kKeep);
  fates[2] = SplatFate::kRemove;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  EXPECT_TRUE(torch::equal(state.model.means, before.index_select(0, torch::tensor({0, 1, 6, 3, 4, 5}))));
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
TEST(DensityOps, MemoryThatRunsOutLeavesTheModelWhole) {
  constexpr int64_t kRows = int64_t(1) << 22;  // means of 50 MB: the allocator asks the system for each tensor
  int failures = 0;
  for (int64_t megabytes = 20; megabytes < 3000; megabytes += 40) {
    State plain, tried;
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
