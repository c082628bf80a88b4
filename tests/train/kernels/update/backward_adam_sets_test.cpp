// BackwardAndAdam on every instruction set of this machine: the same bits on any number of threads.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "core/instruction_set.h"
#include "core/random.h"
#include "tests/support/scenes.h"
#include "train/kernels/update/backward_adam.h"

namespace splat::train {
namespace {

namespace stages = splat::kernels;

using Groups = std::array<std::vector<float>, kSplatArrays>;

struct Model {
  Groups value, first, second;
  std::vector<float> gradient_sum;
  std::vector<int32_t> seen;

  bool operator==(const Model& other) const {
    const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
      return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
    };
    for (size_t group = 0; group < kSplatArrays; ++group) {
      if (!same(value[group], other.value[group]) || !same(first[group], other.first[group]) ||
          !same(second[group], other.second[group])) {
        return false;
      }
    }
    return same(gradient_sum, other.gradient_sum) && seen == other.seen;
  }
};

constexpr int kRest = 15;
constexpr int64_t kSplats = 1501;  // several chunks, and a vector that is not full

Model RandomModel(const Camera& camera) {
  splat::testing::SceneOptions options;
  options.splats = kSplats;
  options.outside = 0.5;
  const splat::testing::SplatArrays splats = splat::testing::RandomSplats(options, camera);
  Model model;
  Random random(3);
  const std::vector<double>* const arrays[] = {&splats.means,          &splats.log_scales, &splats.quats,
                                               &splats.opacity_logits, &splats.sh_dc,      &splats.sh_rest};
  for (size_t group = 0; group < kSplatArrays; ++group) {
    model.value[group].assign(arrays[group]->begin(), arrays[group]->end());
    for (size_t k = 0; k < model.value[group].size(); ++k) {
      model.first[group].push_back(float(0.1 * random.Normal()));
      model.second[group].push_back(float(random.Uniform(0, 0.1)));
    }
  }
  model.gradient_sum.assign(kSplats, 0.5f);
  model.seen.assign(kSplats, 3);
  return model;
}

// One step of `model` by the gradients of random slots.
void Step(Model& model, const Camera& camera, bool antialiased, InstructionSet set, int threads) {
  ThreadPool pool(threads);
  stages::KernelContext context;
  context.executor = &pool;
  context.instruction_set = set;
  std::vector<float> records(kSplats * stages::kRecordSize);
  std::vector<int32_t> tile_counts(kSplats), slot_begin(kSplats + 1);
  const auto& v = model.value;
  stages::ProjectParams<float> forward;
  forward.splats.count = kSplats;
  forward.splats.sh_rest_count = kRest;
  for (int array = 0; array < kSplatArrays; ++array) forward.splats[array] = v[size_t(array)].data();
  forward.camera = camera;
  forward.options.antialiasing = CompensatedIf(antialiased);
  forward.out = {records.data(), tile_counts.data()};
  stages::Project<float>(context, forward);
  const int64_t instances = stages::CountInstances(context, tile_counts.data(), kSplats, slot_begin.data()).instances;
  Random random(4);
  std::vector<float> slots(size_t(instances) * stages::kSlotSize);
  for (float& number : slots) number = float(random.Normal());
  BackwardAdamParams params;
  params.backward.forward = forward;
  params.backward.slot_begin = slot_begin.data();
  params.backward.slots = slots.data();
  for (size_t group = 0; group < kSplatArrays; ++group) {
    params.value[group] = model.value[group].data();
    params.first[group] = model.first[group].data();
    params.second[group] = model.second[group].data();
    params.learning_rates[group] = 1e-3;
  }
  params.step = 3;
  params.density = {model.gradient_sum.data(), model.seen.data(), 100.0f, 80.0f, false};
  BackwardAndAdam(context, params);
}

class BackwardAdamSetsTest : public ::testing::TestWithParam<InstructionSet> {};
INSTANTIATE_TEST_SUITE_P(On, BackwardAdamSetsTest, ::testing::ValuesIn(UsableInstructionSets()),
                         [](const auto& instance) { return NameOf(instance.param); });

TEST_P(BackwardAdamSetsTest, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Camera camera = splat::testing::TestCamera(200, 160, 2);
  const Model start = RandomModel(camera);
  for (const bool antialiased : {false, true}) {
    Model one = start;
    Step(one, camera, antialiased, GetParam(), 1);
    ASSERT_FALSE(one == start);
    for (const int threads : {2, 3, 8}) {
      Model more = start;
      Step(more, camera, antialiased, GetParam(), threads);
      EXPECT_TRUE(more == one) << threads;
    }
  }
}

}  // namespace
}  // namespace splat::train
