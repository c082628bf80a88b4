// BackwardAndAdam of every backend against ProjectBackward and Adam of the same backend, bit for bit.
#include "train/kernels/update/backward_adam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "core/check.h"
#include "tests/support/scenes.h"
#include "tests/support/train_backends.h"
#include "tests/support/update_scenes.h"

namespace splat::train {
namespace {

namespace stages = splat::kernels;
using splat::testing::DeviceArray;
using splat::testing::DeviceGroups;
using splat::testing::DeviceModel;
using splat::testing::DeviceRender;
using splat::testing::DeviceStats;
using splat::testing::Groups;
using splat::testing::ModelScene;
using splat::testing::RandomScene;
using splat::testing::SplatArrays;
using splat::testing::TestDevice;
using splat::testing::TrainBackend;
using splat::testing::TrainCall;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr int kSteps = 3;
constexpr double kLearningRates[kSplatArrays] = {1e-3, 5e-3, 1e-3, 5e-2, 2.5e-3, 1.25e-4};

// For comparisons in which NaN equals itself.
std::vector<uint32_t> Bits(const std::vector<float>& values) {
  std::vector<uint32_t> bits(values.size());
  if (!values.empty()) std::memcpy(bits.data(), values.data(), values.size() * sizeof(float));
  return bits;
}

void ExpectSameModel(const DeviceModel& fused, const DeviceModel& expected) {
  for (size_t group = 0; group < kSplatArrays; ++group) {
    ASSERT_EQ(Bits(fused.value[group]->Get()), Bits(expected.value[group]->Get())) << "value of group " << group;
    ASSERT_EQ(Bits(fused.first[group]->Get()), Bits(expected.first[group]->Get())) << "first of group " << group;
    ASSERT_EQ(Bits(fused.second[group]->Get()), Bits(expected.second[group]->Get())) << "second of group " << group;
  }
}

BackwardAdamParams FusedParams(const DeviceRender& render, const DeviceModel& model, int step) {
  BackwardAdamParams params;
  params.backward = render.BackwardParams(model);
  for (int group = 0; group < kSplatArrays; ++group) {
    params.value[group] = model.value[size_t(group)]->data();
    params.first[group] = model.first[size_t(group)]->data();
    params.second[group] = model.second[size_t(group)]->data();
    params.learning_rates[group] = kLearningRates[group];
  }
  params.step = step;
  return params;
}

// ProjectBackward, then Adam on each group; gradients are poisoned before.
void StepInTwo(const TrainBackend& backend, const DeviceRender& render, const DeviceModel& model, int step,
               const DeviceStats& stats) {
  const TrainCall call(backend);
  DeviceGroups grads;
  for (const auto& group : model.value) {
    grads.push_back(
        std::make_unique<DeviceArray<float>>(*backend.device, std::vector<float>(size_t(group->size()), kNan)));
  }
  stages::ProjectBackwardParams<float> params = render.BackwardParams(model);
  params.grad = {grads[0]->data(), grads[1]->data(), grads[2]->data(),
                 grads[3]->data(), grads[4]->data(), grads[5]->data()};
  params.stats = stats.View();
  backend.kernels->render.project_backward(call.context, params);
  const BackwardAdamParams fused = FusedParams(render, model, step);
  for (int group = 0; group < kSplatArrays; ++group) {
    backend.kernels->update.adam(call.context,
                                 GroupAdamParams(fused, group, 0, model.scene.count, grads[size_t(group)]->data()));
  }
}

void RunFused(const TrainBackend& backend, const BackwardAdamParams& params) {
  const TrainCall call(backend);
  backend.kernels->update.backward_and_adam(call.context, params);
}

class BackwardAdamTest : public ::testing::TestWithParam<TrainBackend> {
 protected:
  TestDevice& device() const { return *GetParam().device; }

  // Returns how many splats were visible at the first step.
  int64_t ExpectAgreement(const ModelScene& scene) const {
    const DeviceModel fused(device(), scene), expected(device(), scene);
    int64_t visible = 0;
    for (int step = 1; step <= kSteps; ++step) {
      SCOPED_TRACE(StrCat("step ", step));
      const DeviceRender render(GetParam(), expected);
      if (step == 1) {
        for (const int32_t tiles : render.TileCounts()) visible += tiles > 0 ? 1 : 0;
      }
      const DeviceStats stats(device(), scene.count), fused_stats(device(), scene.count);
      BackwardAdamParams params = FusedParams(render, fused, step);
      if (step != 2) params.backward.stats = fused_stats.View();  // once without
      RunFused(GetParam(), params);
      StepInTwo(GetParam(), render, expected, step, stats);
      ExpectSameModel(fused, expected);
      if (::testing::Test::HasFatalFailure()) return visible;
      if (step == 2) continue;
      EXPECT_EQ(Bits(fused_stats.grad_mean.Get()), Bits(stats.grad_mean.Get()));
      EXPECT_EQ(Bits(fused_stats.abs_mean.Get()), Bits(stats.abs_mean.Get()));
    }
    return visible;
  }
};
SPLAT_INSTANTIATE_ON_TRAIN_BACKENDS(BackwardAdamTest);

TEST_P(BackwardAdamTest, AgreesAtEveryStoredAndActiveDegree) {
  for (int stored = 0; stored <= 3; ++stored) {
    for (int active = 0; active <= stored; ++active) {
      SCOPED_TRACE(StrCat("stored ", stored, ", active ", active));
      const int64_t visible = ExpectAgreement(RandomScene(150, stored, active));
      EXPECT_GT(visible, 50);
      EXPECT_LT(visible, 145) << "the scene has hidden splats";
    }
  }
}

TEST_P(BackwardAdamTest, AgreesOnAntialiasedScenesAtEveryActiveDegree) {
  for (int active = 0; active <= 3; ++active) {
    SCOPED_TRACE(active);
    ModelScene scene = RandomScene(150, 3, active), plain = scene;
    scene.antialiased = true;
    EXPECT_GT(ExpectAgreement(scene), 40);
    const DeviceModel compensated(device(), scene), not_compensated(device(), plain);
    for (const DeviceModel* model : {&compensated, &not_compensated}) {
      RunFused(GetParam(), FusedParams(DeviceRender(GetParam(), *model), *model, 1));
    }
    EXPECT_NE(Bits(compensated.first[kLogScales]->Get()), Bits(not_compensated.first[kLogScales]->Get()));
  }
}

TEST_P(BackwardAdamTest, AgreesAtCountsAroundABlock) {
  for (const int64_t count : {0, 1, 2, 3, 127, 128, 129, 259}) {
    SCOPED_TRACE(count);
    ExpectAgreement(RandomScene(count, 3, 3));
  }
}

TEST_P(BackwardAdamTest, AgreesWhereParametersOrMomentsAreNotFinite) {
  ModelScene scene = RandomScene(140, 3, 3);
  for (size_t group = 0; group < kSplatArrays; ++group) {
    const size_t width = scene.value[group].size() / size_t(scene.count);
    scene.value[group][width * (10 + group)] = kNan;
    scene.value[group][width * (20 + group)] = std::numeric_limits<float>::infinity();
    scene.first[group][width * (30 + group)] = kNan;
  }
  EXPECT_GT(ExpectAgreement(scene), 50);
}

TEST_P(BackwardAdamTest, AgreesForOneSplatOverTheImageAmongSmallOnes) {
  ModelScene scene = RandomScene(40, 1, 1);
  scene.camera = splat::testing::TestCamera(80, 64, 3);  // enough tiles for a warp to add up their slots together
  SplatArrays splats(0, 3);
  splat::testing::PlainSplat plain;
  plain.x = 40;
  plain.y = 32;
  plain.sigma_px = 200;
  splat::testing::AppendPlainSplat(splats, scene.camera, plain);
  ModelScene large = SceneOf(splats, 1);
  large.camera = scene.camera;
  for (size_t group = 0; group < kSplatArrays; ++group) {
    const size_t width = large.value[group].size();
    std::copy_n(large.value[group].begin(), width, scene.value[group].begin() + std::ptrdiff_t(7 * width));
  }
  ExpectAgreement(scene);
  EXPECT_EQ(ExpectAgreement(large), 1);
}

TEST_P(BackwardAdamTest, MovesHiddenSplatsByTheirMomentsAlone) {
  ModelScene scene = RandomScene(20, 1, 1);
  for (size_t i = 0; i < 20; ++i) scene.value[kOpacityLogits][i] = -20;  // none is drawn
  const DeviceModel model(device(), scene);
  const DeviceRender render(GetParam(), model);
  RunFused(GetParam(), FusedParams(render, model, 5));
  for (size_t group = 0; group < kSplatArrays; ++group) {
    const std::vector<float> value = model.value[group]->Get(), first = model.first[group]->Get();
    for (size_t k = 0; k < value.size(); ++k) {
      ASSERT_EQ(first[k], 0.9f * scene.first[group][k]);
      ASSERT_NE(value[k], scene.value[group][k]);
    }
  }
}

// While the active degree has been 0 from the start the moments of the coefficients are 0.
TEST_P(BackwardAdamTest, SkippingTheUntouchedCoefficientsIsExact) {
  ModelScene scene = RandomScene(150, 3, 0);
  for (Groups* moments : {&scene.first, &scene.second}) {
    for (float& m : (*moments)[kShRest]) m = 0;
  }
  const DeviceModel skipping(device(), scene), dense(device(), scene);
  for (int step = 1; step <= kSteps; ++step) {
    const DeviceRender render(GetParam(), dense);
    BackwardAdamParams params = FusedParams(render, skipping, step);
    params.skip_sh_rest = true;
    RunFused(GetParam(), params);
    RunFused(GetParam(), FusedParams(render, dense, step));
    ExpectSameModel(skipping, dense);
  }
}

TEST_P(BackwardAdamTest, SkippedCoefficientsAreNotTouched) {
  ModelScene scene = RandomScene(30, 2, 0);
  for (Groups* groups : {&scene.value, &scene.first, &scene.second}) {
    for (float& number : (*groups)[kShRest]) number = kNan;
  }
  const DeviceModel model(device(), scene);
  const DeviceRender render(GetParam(), model);
  BackwardAdamParams params = FusedParams(render, model, 1);
  params.skip_sh_rest = true;
  RunFused(GetParam(), params);
  EXPECT_EQ(Bits(model.value[kShRest]->Get()), Bits(scene.value[kShRest]));
  EXPECT_EQ(Bits(model.first[kShRest]->Get()), Bits(scene.first[kShRest]));
  EXPECT_NE(Bits(model.value[kMeans]->Get()), Bits(scene.value[kMeans]));
}

TEST_P(BackwardAdamTest, AddsTheStatisticsOfDensityControl) {
  for (const bool absolute : {false, true}) {
    const ModelScene scene = RandomScene(200, 1, 1);
    const DeviceModel model(device(), scene), again(device(), scene);
    const DeviceRender render(GetParam(), model);
    const DeviceStats stats(device(), scene.count);
    StepInTwo(GetParam(), render, again, 1, stats);
    const DeviceArray<float> gradient_sum(device(), std::vector<float>(200, 0.25f));
    const DeviceArray<int32_t> seen(device(), std::vector<int32_t>(200, 7));
    BackwardAdamParams params = FusedParams(render, model, 1);
    params.density = {gradient_sum.data(), seen.data(), 24.0f, 16.0f, absolute};
    RunFused(GetParam(), params);

    const std::vector<float> grad = absolute ? stats.abs_mean.Get() : stats.grad_mean.Get(), sum = gradient_sum.Get();
    const std::vector<int32_t> tiles = render.TileCounts(), seen_after = seen.Get();
    for (size_t i = 0; i < 200; ++i) {
      const float length = tiles[i] > 0 ? std::hypot(grad[2 * i] * 24.0f, grad[2 * i + 1] * 16.0f) : 0.0f;
      ASSERT_EQ(sum[i], 0.25f + length) << i;
      ASSERT_EQ(seen_after[i], tiles[i] > 0 ? 8 : 7) << i;
    }
    ExpectSameModel(model, again);
  }
}

// From moments of zero the first one is a tenth of the gradient.
TEST_P(BackwardAdamTest, AddsThePenaltyOfVisibleAndHiddenSplats) {
  ModelScene scene = RandomScene(200, 1, 1);
  for (Groups* moments : {&scene.first, &scene.second}) {
    for (std::vector<float>& group : *moments) std::fill(group.begin(), group.end(), 0.0f);
  }
  const DeviceModel plain(device(), scene), penalised(device(), scene);
  const DeviceRender render(GetParam(), plain);
  RunFused(GetParam(), FusedParams(render, plain, 1));
  BackwardAdamParams params = FusedParams(render, penalised, 1);
  params.penalty = {2e-4f, 3e-3f};
  RunFused(GetParam(), params);
  for (const int group : {kMeans, kQuats, kShDc, kShRest}) {
    EXPECT_EQ(Bits(penalised.value[size_t(group)]->Get()), Bits(plain.value[size_t(group)]->Get())) << group;
  }
  const auto expect_added = [&](int group, const auto& gradient_of) {
    const std::vector<float> before = plain.first[size_t(group)]->Get(), after = penalised.first[size_t(group)]->Get();
    for (size_t e = 0; e < before.size(); ++e) {
      const double added = 0.1 * gradient_of(double(scene.value[size_t(group)][e]));
      // Roundings of floats of this size; 1 - opacity loses a digit where the opacity is near 1.
      ASSERT_NEAR(after[e] - double(before[e]), added, 1e-5 * (std::abs(double(before[e])) + added)) << group;
    }
  };
  expect_added(kOpacityLogits, [](double logit) {
    const double opacity = 1 / (1 + std::exp(-logit));
    return 2e-4 * opacity * (1 - opacity);
  });
  expect_added(kLogScales, [](double log_scale) { return 3e-3 * std::exp(log_scale); });
}

TEST_P(BackwardAdamTest, RefusesBrokenParametersAndWritesNothing) {
  const ModelScene scene = RandomScene(10, 1, 1);
  const DeviceModel model(device(), scene), untouched(device(), scene);
  const DeviceRender render(GetParam(), model);
  const BackwardAdamParams good = FusedParams(render, model, 1);
  const auto refused = [&](const auto& spoil) {
    BackwardAdamParams params = good;
    spoil(params);
    EXPECT_THROW(RunFused(GetParam(), params), Error);
  };
  refused([](BackwardAdamParams& p) { p.step = 0; });
  refused([](BackwardAdamParams& p) { p.first[kQuats] = nullptr; });
  refused([](BackwardAdamParams& p) { p.value[kMeans] = p.value[kLogScales]; });
  refused([](BackwardAdamParams& p) { p.skip_sh_rest = true; });
  refused([](BackwardAdamParams& p) { p.backward.forward.options.sh_degree = 2; });
  std::vector<float> sum(10);
  refused([&](BackwardAdamParams& p) { p.density.gradient_sum = sum.data(); });
  ExpectSameModel(model, untouched);
}

}  // namespace
}  // namespace splat::train
