#include "train/density/apply_fates.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/torch/render.h"
#include "tests/support/model_tensors.h"
#include "tests/support/stepped_model.h"
#include "tests/support/torch_scenes.h"
#include "train/density/morton_sort.h"

namespace splat::train {
namespace {

using splat::testing::FrontCamera;
using State = splat::testing::SteppedModel;

TEST(CloneSplitPrune, KeepingAllChangesNothing) {
  State state;
  const torch::Tensor before = state.model.means.detach().clone();
  ApplyFates(state.model, state.optimizer, std::vector<SplatFate>(6, SplatFate::kKeep), state.random);
  EXPECT_TRUE(torch::equal(state.model.means.detach(), before));
}

TEST(CloneSplitPrune, RemovingASplatThatIsNotSeenLeavesTheImage) {
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

TEST(CloneSplitPrune, CloneAddsAnEqualSplatAtTheEnd) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kKeep);
  fates[3] = SplatFate::kClone;
  ApplyFates(state.model, state.optimizer, fates, state.random);
  ASSERT_EQ(state.model.count(), 7);
  for (const torch::Tensor* tensor : TensorsOf(state.model)) EXPECT_TRUE(torch::equal((*tensor)[3], (*tensor)[6]));
}

TEST(CloneSplitPrune, SplitReplacesTheParentByTwoSmallerOnesNearIt) {
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
TEST(CloneSplitPrune, EachChildTakesThreeNormalsOfTheGenerator) {
  State state;
  std::vector<SplatFate> fates(6, SplatFate::kClone);
  fates[1] = fates[4] = SplatFate::kSplit;
  Random expected = state.random;
  for (int draw = 0; draw < 4 * 3; ++draw) expected.Normal();
  ApplyFates(state.model, state.optimizer, fates, state.random);
  EXPECT_EQ(state.random.state(), expected.state());
}

// A kept splat goes on with its moments, also where the last one has moved to the place of a removed one.
TEST(CloneSplitPrune, MomentsStayWithTheirSplats) {
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
TEST(CloneSplitPrune, NewSplatsBeginWithoutMoments) {
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

TEST(CloneSplitPrune, GrowsInPlaceOnceThereIsRoom) {
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
TEST(CloneSplitPrune, TakesOverTensorsThatAreNew) {
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

}  // namespace
}  // namespace splat::train
