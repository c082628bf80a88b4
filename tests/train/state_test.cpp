// A training that is stopped anywhere and goes on from its state ends with the bits of one that has never stopped.
#include "train/state.h"
#include "tests/support/model_tensors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <vector>

#include "data/dataset/changed_lens.h"
#include "tests/support/step_bench.h"
#include "tests/support/synthetic_set.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::SyntheticSet;

constexpr int kLastStep = 100;  // of those that are made; the run is long enough to have resets
constexpr int kEpoch = 12;      // training views of the set
// A step in the first epoch; at the end of one, and inside of one; within the interval between densifications; at one;
// at an opacity reset; at both.
const std::vector<int> kStops = {1, 3 * kEpoch, 47, 40, 30, 60};

TrainConfig Config() {
  TrainConfig config;
  config.iterations = 5000;
  config.poses.refine = "off";
  config.init.sh_degree = 2;
  config.sh_degree_every = 100;  // 17 of this run
  config.density.refine_from = 0;
  config.density.refine_every = 20;
  config.density.adaptive.opacity_reset_every = 30;
  config.density.adaptive.grad_threshold = 1e-5;
  return config;
}

TrainConfig McmcConfig() {
  TrainConfig config = WithStrategy(Config(), "mcmc");
  config.density.mcmc.growth = 0.1;
  return config;
}

TrainConfig ColorConfigOf(const std::string& mode) {
  TrainConfig config = Config();
  config.color.mode = mode;
  return config;
}

TrainConfig RefiningConfig() {
  TrainConfig config = Config();
  config.poses.refine = "on";
  config.poses.focal = "on";
  config.poses.distortion = "on";
  config.poses.from = 0;
  config.poses.until = double(kLastStep) / config.iterations;  // distortions change at the steps 57 and 93
  return config;
}

// The synthetic set, with a lens that is not that of the photos where distortions are refined.
struct SetFor : SyntheticSet {
  explicit SetFor(const TrainConfig& config) {
    if (config.poses.distortion == "on") dataset = data::WithRadialChanges(dataset, {0.1});
  }
};

// Makes steps until the state has made as many.
void TrainUntil(TrainState& state, const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                int step) {
  TrainCallbacks callbacks;
  callbacks.stop = [&] { return state.step == step; };
  const TrainResult result = ContinueTraining(state, backend, dataset, config, callbacks);
  EXPECT_EQ(result.steps_done, step);
}

bool Equal(const torch::Tensor& a, const torch::Tensor& b) {
  return a.defined() == b.defined() && (!a.defined() || (a.sizes() == b.sizes() && torch::equal(a, b)));
}

bool Equal(const ModelMoments& a, const ModelMoments& b) {
  bool equal = a.step == b.step && a.colors_varied == b.colors_varied;
  for (int k = 0; k < kSplatArrays; ++k) {
    equal = equal && Equal(a.first[k].rows(), b.first[k].rows()) && Equal(a.second[k].rows(), b.second[k].rows());
  }
  return equal;
}

bool Equal(const DensityState& a, const DensityState& b) {
  return Equal(a.statistics.gradient_sum, b.statistics.gradient_sum) && Equal(a.statistics.seen, b.statistics.seen) &&
         a.statistics.absolute == b.statistics.absolute && a.views == b.views && a.densifications == b.densifications &&
         a.opacity_was_reset == b.opacity_was_reset;
}

bool Equal(const PhotoParameters& a, const PhotoParameters& b) {
  return Equal(a.values, b.values) && Equal(a.first, b.first) && Equal(a.second, b.second) && a.steps == b.steps;
}

bool Equal(const ParametersByName& a, const ParametersByName& b) {
  bool equal = a.size() == b.size();
  for (const auto& [name, parameters] : a) equal = equal && b.count(name) > 0 && Equal(parameters, b.at(name));
  return equal;
}

// LensFocal or LensDistortion.
template <typename Lens>
bool EqualLenses(const std::vector<Lens>& a, const std::vector<Lens>& b) {
  const auto equal = [](const Lens& x, const Lens& y) {
    return x.change == y.change && x.photos == y.photos && x.loss.gradient == y.loss.gradient &&
           x.loss.matrix == y.loss.matrix && x.loss.of_images == y.loss.of_images;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

bool Equal(const PhotoMotions& a, const PhotoMotions& b) {
  const auto steps = [](const LensDistortion& x, const LensDistortion& y) {
    return x.step == y.step && x.share == y.share;
  };
  return EqualLenses(a.lenses, b.lenses) && EqualLenses(a.distortions, b.distortions) &&
         std::equal(a.distortions.begin(), a.distortions.end(), b.distortions.begin(), b.distortions.end(), steps) &&
         a.views == b.views && a.loss_view == b.loss_view && a.of_distortion == b.of_distortion &&
         Equal(a.loss, b.loss);
}

bool Equal(const TrainState& a, const TrainState& b) {
  return a.step == b.step && Equal(a.model, b.model) && Equal(a.moments, b.moments) && a.order.views == b.order.views &&
         a.order.next == b.order.next && a.order.random.state() == b.order.random.state() &&
         a.density_random.state() == b.density_random.state() && Equal(a.density, b.density) &&
         Equal(a.motions, b.motions) && a.limits.gaussians == b.limits.gaussians &&
         a.limits.pixels == b.limits.pixels && Equal(a.photo_parameters, b.photo_parameters);
}

void ExpectStopsChangeNoBit(const Backend& backend, const TrainConfig& config, const std::vector<int>& stops = kStops) {
  const SetFor set(config);
  ASSERT_EQ(set.dataset.ViewsOf(Split::kTrain).size(), size_t(kEpoch));
  TrainState whole = InitialState(backend, set.dataset, config);
  TrainUntil(whole, backend, set.dataset, config, kLastStep);
  EXPECT_NE(whole.model.count(), 120) << "densification is meant to take part";
  for (const int stop : stops) {
    TrainState first = InitialState(backend, set.dataset, config);
    TrainUntil(first, backend, set.dataset, config, stop);
    TrainState second = first.Clone();
    TrainUntil(first, backend, set.dataset, config, stop + 1);  // goes on beside the clone, and shares nothing with it
    TrainUntil(second, backend, set.dataset, config, kLastStep);
    EXPECT_TRUE(Equal(second, whole)) << "stopped at " << stop;
  }
}

TEST(TrainState, StopsChangeNoBitOfTheAdaptiveStrategy) {
  ExpectStopsChangeNoBit(CpuBackend(), Config());
}

TEST(TrainState, StopsChangeNoBitOfRelocation) {
  ExpectStopsChangeNoBit(CpuBackend(), McmcConfig());
}

TEST(TrainState, StopsChangeNoBitOnAGpu) {
  ExpectStopsChangeNoBit(EmulatedGpu(), Config(), {47, 60});
  ExpectStopsChangeNoBit(EmulatedGpu(), McmcConfig(), {47});
  ExpectStopsChangeNoBit(EmulatedGpu(), RefiningConfig(), {47});
}

TEST(TrainState, StopsChangeNoBitOfRefinedPoses) {
  ExpectStopsChangeNoBit(CpuBackend(), RefiningConfig());
}

TEST(TrainState, StopsChangeNoBitOfLearnedColours) {
  for (const char* mode : {"exposure", "full"}) {
    ExpectStopsChangeNoBit(CpuBackend(), ColorConfigOf(mode));
    ExpectStopsChangeNoBit(EmulatedGpu(), ColorConfigOf(mode), {47});
  }
}

TEST(TrainState, StopsAtEveryStepChangeNoBit) {
  SyntheticSet set;
  for (const TrainConfig& config : {Config(), McmcConfig()}) {
    TrainState whole = InitialState(CpuBackend(), set.dataset, config), cut = whole.Clone();
    TrainUntil(whole, CpuBackend(), set.dataset, config, 65);
    for (int step = 1; step <= 65; ++step) {
      TrainUntil(cut, CpuBackend(), set.dataset, config, step);
      cut = cut.Clone();
    }
    EXPECT_TRUE(Equal(cut, whole));
  }
}

// The clone is taken by a callback of a training that goes on.
TEST(TrainState, ACallbackFindsTheStateAsTheStepHasLeftIt) {
  SyntheticSet set;
  TrainState whole = InitialState(CpuBackend(), set.dataset, Config()), kept;
  TrainCallbacks callbacks;
  callbacks.progress = [&](const TrainProgress& progress) {
    EXPECT_EQ(progress.step, whole.step);
    if (progress.step == 33) kept = whole.Clone();
  };
  callbacks.stop = [&] { return whole.step == kLastStep; };
  ContinueTraining(whole, CpuBackend(), set.dataset, Config(), callbacks);
  EXPECT_EQ(kept.step, 33);
  TrainUntil(kept, CpuBackend(), set.dataset, Config(), kLastStep);
  EXPECT_TRUE(Equal(kept, whole));
}

// A GPU has the gradient of the last step's camera still to use then.
TEST(TrainState, ACallbackFindsTheGradientOfAPoseThatIsStillToBeUsed) {
  SyntheticSet set;
  const TrainConfig config = RefiningConfig();
  TrainState whole = InitialState(EmulatedGpu(), set.dataset, config), kept;
  TrainCallbacks callbacks;
  callbacks.progress = [&](const TrainProgress& progress) {
    if (progress.step >= 33 && kept.step == 0 && whole.motions.loss_view >= 0) kept = whole.Clone();
  };
  callbacks.stop = [&] { return whole.step == 45; };
  ContinueTraining(whole, EmulatedGpu(), set.dataset, config, callbacks);
  ASSERT_GE(kept.step, 33);
  TrainUntil(kept, EmulatedGpu(), set.dataset, config, 45);
  EXPECT_TRUE(Equal(kept, whole));
}

TEST(TrainState, AFinishedTrainingIsOver) {
  SyntheticSet set;
  TrainConfig config = Config();
  config.iterations = 20;
  TrainState state = InitialState(CpuBackend(), set.dataset, config);
  EXPECT_FALSE(ContinueTraining(state, CpuBackend(), set.dataset, config, {}).interrupted);
  const TrainState before = state.Clone();
  const TrainResult result = ContinueTraining(state, CpuBackend(), set.dataset, config, {});
  EXPECT_TRUE(Equal(state, before));
  EXPECT_EQ(result.steps_done, 20);
  EXPECT_FALSE(result.interrupted);
  const TrainResult direct = TrainOn(CpuBackend(), set.dataset, config, {});
  EXPECT_TRUE(Equal(direct.model, result.model));
}

TEST(TrainState, APhotoThatWasLeftOutStaysLeftOut) {
  SyntheticSet set;
  std::ofstream(set.dataset.views[0].path, std::ios::trunc) << "no photo";
  TrainState whole = InitialState(CpuBackend(), set.dataset, Config());
  TrainUntil(whole, CpuBackend(), set.dataset, Config(), kEpoch);
  EXPECT_EQ(whole.order.views.size(), size_t(kEpoch - 1));
  TrainState cut = whole.Clone();
  TrainUntil(whole, CpuBackend(), set.dataset, Config(), 30);
  int warnings = 0;
  TrainCallbacks callbacks;
  callbacks.stop = [&] { return cut.step == 30; };
  callbacks.log = [&](LogLevel level, const std::string&) { warnings += level == LogLevel::kWarning ? 1 : 0; };
  ContinueTraining(cut, CpuBackend(), set.dataset, Config(), callbacks);
  EXPECT_EQ(warnings, 0);
  EXPECT_TRUE(Equal(cut, whole));
}

// Whether a training that forgets something after step 47 ends elsewhere.
bool Matters(const TrainConfig& config, const std::function<void(TrainState&)>& forget) {
  const SetFor set(config);
  TrainState whole = InitialState(CpuBackend(), set.dataset, config);
  TrainUntil(whole, CpuBackend(), set.dataset, config, 47);
  TrainState other = whole.Clone();
  forget(other);
  TrainUntil(whole, CpuBackend(), set.dataset, config, kLastStep);
  TrainUntil(other, CpuBackend(), set.dataset, config, kLastStep);
  return !Equal(other.model, whole.model);
}

// Nothing is in the state, and in the tests above, in vain: without each part the end is another one.
TEST(TrainState, EachPartDecidesHowItGoesOn) {
  TrainConfig config = Config();
  config.density.visible_per_pixel = 0.15;        // growth ends at 604 splats in a view
  config.density.adaptive.grad_threshold = 1e-7;  // everything wants to grow, after a reset too
  EXPECT_TRUE(
      Matters(config, [](TrainState& s) { s.moments.first.means = RowBlock(torch::zeros_like(s.model.means)); }));
  EXPECT_TRUE(Matters(config, [](TrainState& s) { s.moments.step = 0; }));
  EXPECT_TRUE(Matters(config, [](TrainState& s) { s.order.next = s.order.views.size(); }));
  EXPECT_TRUE(Matters(config, [](TrainState& s) { s.order.random = Random(1); }));
  EXPECT_TRUE(Matters(config, [](TrainState& s) { s.density_random = Random(1); }));
  EXPECT_TRUE(Matters(config, [](TrainState& s) { s.density.statistics.gradient_sum.fill_(0); }));
  EXPECT_TRUE(Matters(config, [](TrainState& s) { s.density.views *= 50; }));
  EXPECT_TRUE(Matters(McmcConfig(), [](TrainState& s) { s.density_random = Random(1); }));
  EXPECT_TRUE(Matters(RefiningConfig(), [](TrainState& s) { s.motions.views[3] = {}; }));
  EXPECT_TRUE(Matters(RefiningConfig(), [](TrainState& s) { s.motions.lenses[0].change = 0; }));
  EXPECT_TRUE(Matters(RefiningConfig(), [](TrainState& s) { s.motions.lenses[0].loss = {}; }));
  EXPECT_TRUE(Matters(RefiningConfig(), [](TrainState& s) { s.motions.lenses[0].photos = 0; }));
  EXPECT_TRUE(Matters(RefiningConfig(), [](TrainState& s) { s.motions.distortions[0].change = 0.02; }));
  EXPECT_TRUE(Matters(RefiningConfig(), [](TrainState& s) { s.motions.distortions[0].loss = {}; }));
  EXPECT_TRUE(Matters(RefiningConfig(), [](TrainState& s) { s.motions.distortions[0].share = 1e-3; }));
  config.density.adaptive.prune_scale = 0.05;  // all splats are larger, and once opacities have been reset that counts
  EXPECT_TRUE(Matters(config, [](TrainState& s) { s.density.opacity_was_reset = false; }));
  EXPECT_FALSE(Matters(config, [](TrainState&) {}));
  for (const char* name : {"color.photos", "color.lenses"}) {
    const auto forgets = [&](const auto& forget) {
      return Matters(ColorConfigOf("full"), [&](TrainState& s) { forget(s.photo_parameters.at(name)); });
    };
    EXPECT_TRUE(forgets([](PhotoParameters& p) { p.values.fill_(0); })) << name;
    EXPECT_TRUE(forgets([](PhotoParameters& p) { p.first.fill_(0); })) << name;
    EXPECT_TRUE(forgets([](PhotoParameters& p) { p.second.fill_(0); })) << name;
    EXPECT_TRUE(forgets([](PhotoParameters& p) { std::fill(p.steps.begin(), p.steps.end(), 0); })) << name;
  }
}

TEST(TrainState, ACloneSharesNoMemory) {
  SyntheticSet set;
  TrainState state = InitialState(CpuBackend(), set.dataset, Config());
  TrainUntil(state, CpuBackend(), set.dataset, Config(), 25);
  PhotoParameters& gains = state.photo_parameters["gain"];
  gains.values = gains.first = gains.second = torch::ones({4});
  gains.steps = {1, 2, 3, 4};
  state.motions.loss = torch::ones({6}, torch::kFloat64);
  const TrainState clone = state.Clone();
  EXPECT_TRUE(Equal(clone, state));
  EXPECT_TRUE(torch::equal(clone.photo_parameters.at("gain").values, gains.values));
  EXPECT_EQ(clone.photo_parameters.at("gain").steps, gains.steps);
  const auto memory_of = [](const TrainState& s) {
    std::vector<const void*> memory;
    for (const torch::Tensor* tensor : TensorsOf(s.model)) memory.push_back(tensor->data_ptr());
    for (const auto* blocks : {&s.moments.first, &s.moments.second}) {
      for (int k = 0; k < kSplatArrays; ++k) memory.push_back((*blocks)[k].rows().data_ptr());
    }
    memory.push_back(s.density.statistics.gradient_sum.data_ptr());
    memory.push_back(s.density.statistics.seen.data_ptr());
    memory.push_back(s.motions.loss.data_ptr());
    const PhotoParameters& parameters = s.photo_parameters.at("gain");
    for (const torch::Tensor* tensor : {&parameters.values, &parameters.first, &parameters.second}) {
      memory.push_back(tensor->data_ptr());
    }
    return memory;
  };
  const std::vector<const void*> a = memory_of(state), b = memory_of(clone);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NE(a[i], b[i]) << i;
}

}  // namespace
}  // namespace splat::train
