// Terms between the image and the loss, and the weights of a photo's pixels, as a step sees them: against autograd over
// the same render, and against differences.
#include "train/loss_terms.h"
#include "tests/support/model_tensors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "rasterizer/torch/render.h"
#include "tests/support/step_bench.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::ExpectEqualBits;
using splat::testing::StepBench;

const Backend kBackends[] = {CpuBackend(), EmulatedGpu()};

// The parameters of a term with one number for each photo.
PhotoParameters OneFor(int64_t photos, float value) {
  PhotoParameters parameters;
  parameters.values = torch::full({photos, 1}, value);
  parameters.first = torch::zeros({photos, 1});
  parameters.second = torch::zeros({photos, 1});
  parameters.steps.assign(size_t(photos), 0);
  return parameters;
}

// image x gain of the photo, by plain gradient descent. Its memory is that of the process, as the emulated GPU's.
class GainTerm : public LossTerm {
 public:
  GainTerm(PhotoParameters& parameters, float rate) : parameters_(parameters), rate_(rate) {}

  LossTermTraits traits() const override {
    LossTermTraits traits;
    traits.changes_image = true;
    return traits;
  }
  void Forward(const KernelContext&, const TermFrame& frame) override {
    ++forwards;
    for (int64_t i = 0; i < Size(frame); ++i) frame.changed_image[i] = Gain(frame) * frame.image[i];
  }
  void Backward(const KernelContext&, const TermFrame& frame) override {
    grad_gain_ = 0;
    for (int64_t i = 0; i < Size(frame); ++i) {
      grad_gain_ += double(frame.grad_image[i]) * double(frame.image[i]);
      frame.grad_image[i] *= Gain(frame);
    }
  }
  void Update(const KernelContext&, const TermFrame& frame) override {
    Gain(frame) -= rate_ * float(grad_gain_);
    ++parameters_.steps[size_t(frame.target->view)];
  }
  double grad_gain() const { return grad_gain_; }

  int forwards = 0;

 private:
  static int64_t Size(const TermFrame& frame) {
    return int64_t(3) * frame.target->camera.width * frame.target->camera.height;
  }
  float& Gain(const TermFrame& frame) { return parameters_.values.data_ptr<float>()[frame.target->view]; }

  PhotoParameters& parameters_;
  float rate_;
  double grad_gain_ = 0;
};

constexpr double kDepthWeight = 0.1;

// kDepthWeight x mean depth.
class DepthTerm : public LossTerm {
 public:
  LossTermTraits traits() const override {
    LossTermTraits traits;
    traits.adds_loss = traits.uses_depth = true;
    return traits;
  }
  void Forward(const KernelContext&, const TermFrame& frame) override {
    double sum = 0;
    for (int64_t i = 0; i < Size(frame); ++i) sum += double(frame.depth[i]);
    *frame.loss = kDepthWeight * sum / double(Size(frame));
  }
  void Backward(const KernelContext&, const TermFrame& frame) override {
    EXPECT_EQ(frame.changed_image, nullptr);
    for (int64_t i = 0; i < Size(frame); ++i) frame.grad_depth[i] += float(kDepthWeight / double(Size(frame)));
  }
  void Update(const KernelContext&, const TermFrame&) override {}

 private:
  static int64_t Size(const TermFrame& frame) {
    return int64_t(frame.target->camera.width) * frame.target->camera.height;
  }
};

template <typename... Terms>
LossTerms ListOf(std::unique_ptr<Terms>... terms) {
  std::vector<std::unique_ptr<LossTerm>> list;
  (list.push_back(std::move(terms)), ...);
  return LossTerms(std::move(list));
}

// A bench of photo 1 of 3, whose model does not move, and the gradient of its last step.
struct GradientBench {
  PhotoParameters gains = OneFor(3, 1);
  GainTerm* gain = nullptr;  // of the step's terms
  torch::Tensor gradients;
  std::unique_ptr<StepBench> bench;

  GradientBench(const Backend& backend, float value, bool with_depth) {
    gains.values[1] = value;
    auto term = std::make_unique<GainTerm>(gains, 0.0f);
    gain = term.get();
    LossTerms terms = with_depth ? ListOf(std::move(term), std::make_unique<DepthTerm>()) : ListOf(std::move(term));
    const auto keep = [this](const KernelContext&, const torch::Tensor& sum) { gradients = sum.clone(); };
    bench = std::make_unique<StepBench>(backend, std::move(terms), MakeReducedUpdate(backend, keep));
    bench->input.rates = {};
    bench->input.target.view = 1;
  }
  // Returns the gradient of a group of the model, one entry for each of its numbers. 300 splats need no padding between
  // groups.
  torch::Tensor GradientOf(int group) const {
    int64_t begin = 0;
    for (int before = 0; before < group; ++before) begin += TensorsOf(bench->model)[size_t(before)]->numel();
    return gradients.narrow(0, begin, TensorsOf(bench->model)[size_t(group)]->numel());
  }
  double Loss() {
    bench->Run();
    return bench->step.Loss();
  }
};

torch::Tensor SomeWeights(const Camera& camera) {
  torch::manual_seed(3);
  const torch::Tensor weights = torch::randint(256, {camera.height, camera.width}, torch::kUInt8);
  return weights.masked_fill(weights < 80, 0).masked_fill(weights > 170, 255);
}

// Gradients of a mean over a thousand pixels in float, summed in another order.
void ExpectClose(const torch::Tensor& actual, const torch::Tensor& expected, const std::string& what) {
  const double size = expected.abs().max().item<double>();
  EXPECT_GT(size, 0) << what;
  EXPECT_LT((actual - expected.flatten()).abs().max().item<double>(), 1e-4 * size) << what;
}

// Loss and gradient of gain, depth and weights against autograd, without SSIM.
void ExpectAgreesWithAutograd(const Backend& backend, bool with_weights) {
  GradientBench terms(backend, 1.5f, /*with_depth=*/true);
  StepBench& bench = *terms.bench;
  bench.input.loss.ssim_weight = 0;
  const Camera camera = bench.input.target.camera;
  if (with_weights) bench.input.target.weights = SomeWeights(camera);
  const double loss = terms.Loss();

  SetRequiresGrad(bench.model, true);
  const torch::Tensor gain = torch::full({1}, 1.5f).requires_grad_(true);
  const RenderOutput render = Render(bench.model, camera, bench.input.settings);
  torch::Tensor difference = (gain * render.image - bench.input.target.pixels.to(torch::kFloat32) / 255).abs();
  if (with_weights) difference = difference * (bench.input.target.weights.to(torch::kFloat32) / 255).unsqueeze(2);
  const torch::Tensor expected = difference.mean() + kDepthWeight * render.depth.mean();
  expected.backward();
  EXPECT_NEAR(loss, expected.item<double>(), 1e-5);
  EXPECT_NEAR(terms.gain->grad_gain(), gain.grad().item<double>(), 1e-5);
  for (size_t group = 0; group < TensorsOf(bench.model).size(); ++group) {
    ExpectClose(terms.GradientOf(int(group)), TensorsOf(bench.model)[group]->grad(), SplatModel::Names()[group]);
  }
}

TEST(LossTerms, LossAndGradientsAreThoseOfAutograd) {
  for (const Backend& backend : kBackends) {
    for (const bool with_weights : {false, true}) ExpectAgreesWithAutograd(backend, with_weights);
  }
}

TEST(LossTerms, AParametersGradientAgreesWithDifferences) {
  constexpr float kStep = 0.002f;
  for (const Backend& backend : kBackends) {
    const auto loss_at = [&](float gain) { return GradientBench(backend, gain, false).Loss(); };
    GradientBench terms(backend, 1.2f, false);
    terms.Loss();
    const double expected = (loss_at(1.2f + kStep) - loss_at(1.2f - kStep)) / (2 * double(kStep));
    EXPECT_GT(std::abs(expected), 1e-3);
    EXPECT_NEAR(terms.gain->grad_gain(), expected, 0.01 * std::abs(expected));
  }
}

// Twice as bright and then half as bright: powers of two change no bit on the way.
TEST(LossTerms, ATermAndItsInverseChangeNoBit) {
  for (const Backend& backend : kBackends) {
    PhotoParameters twice = OneFor(3, 2), half = OneFor(3, 0.5);
    StepBench with_terms(backend,
                         ListOf(std::make_unique<GainTerm>(twice, 0.0f), std::make_unique<GainTerm>(half, 0.0f)));
    StepBench plain(backend);
    for (int step = 0; step < 3; ++step) {
      for (StepBench* bench : {&with_terms, &plain}) {
        bench->SetView(50 + 10 * step, 35);
        bench->input.target.view = step;
        bench->Run();
      }
      EXPECT_EQ(with_terms.step.Loss(), plain.step.Loss());
      ExpectEqualBits(with_terms.model, plain.model);
    }
  }
}

// The term learns the gain of a photo that was taken at a fifth of the brightness.
TEST(LossTerms, AParameterIsLearnedForItsOwnPhoto) {
  for (const Backend& backend : kBackends) {
    PhotoParameters gains = OneFor(3, 1);
    StepBench bench(backend, ListOf(std::make_unique<GainTerm>(gains, 0.05f)));
    bench.input.rates = {};
    {
      const torch::NoGradGuard no_grad;
      const torch::Tensor image = Render(bench.model, bench.input.target.camera, bench.input.settings).image;
      bench.input.target.pixels = (image * (0.2 * 255)).clamp(0, 255).to(torch::kUInt8);
    }
    bench.input.target.view = 2;
    for (int step = 0; step < 100; ++step) bench.Run();
    EXPECT_NEAR(gains.values[2].item<float>(), 0.2, 0.05);
    EXPECT_EQ(gains.values[0].item<float>(), 1);
    EXPECT_EQ(gains.values[1].item<float>(), 1);
    EXPECT_EQ(gains.steps, (std::vector<int64_t>{0, 0, 100}));
  }
}

TEST(LossTerms, AViewThatIsRenderedAgainUpdatesParametersOnce) {
  PhotoParameters gains = OneFor(1, 1);
  auto term = std::make_unique<GainTerm>(gains, 0.1f);
  const GainTerm& gain = *term;
  StepBench bench(EmulatedGpu(), ListOf(std::move(term)));
  const std::pair<int, int> sizes[] = {{16, 16}, {90, 70}, {130, 100}};
  for (const auto& [width, height] : sizes) {
    bench.SetView(width, height);
    bench.input.target.view = 0;
    bench.Run();
  }
  EXPECT_GT(gain.forwards, 3);
  EXPECT_EQ(gains.steps[0], 3);
}

// An update that has no memory left, or refuses for another reason.
class RefusingUpdate : public Update {
 public:
  void Add(const KernelContext&, const ViewGradient&) override { throw Error("no"); }
  void Finish(const KernelContext&, const ViewGradient&, const ModelStep&) override { throw Error("no"); }
};

TEST(LossTerms, AStepThatTheModelDoesNotMakeMovesNoParameter) {
  for (const Backend& backend : kBackends) {
    PhotoParameters gains = OneFor(1, 1);
    StepBench bench(backend, ListOf(std::make_unique<GainTerm>(gains, 0.1f)), std::make_unique<RefusingUpdate>());
    bench.input.target.view = 0;
    EXPECT_THROW(bench.Run(), Error);
    EXPECT_THROW(bench.AddView(), Error);
    EXPECT_EQ(gains.steps[0], 0);
    EXPECT_EQ(gains.values.item<float>(), 1);
  }
}

TEST(LossTerms, AMaskOverThePhotoLeavesTheModelAlone) {
  for (const Backend& backend : kBackends) {
    StepBench bench(backend);
    const Camera& camera = bench.input.target.camera;
    bench.input.target.weights = torch::zeros({camera.height, camera.width}, torch::kUInt8);
    const torch::Tensor before = bench.model.means.clone();
    bench.Run();
    EXPECT_EQ(bench.step.Loss(), 0);
    EXPECT_TRUE(torch::equal(bench.model.means, before));
    EXPECT_EQ(bench.input.statistics.gradient_sum.abs().max().item<float>(), 0) << "nothing grows there";
  }
}

}  // namespace
}  // namespace splat::train
