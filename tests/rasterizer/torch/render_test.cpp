#include "rasterizer/torch/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "tests/support/model_tensors.h"
#include "tests/support/torch_scenes.h"

namespace splat {
namespace {

using testing::FrontCamera;
using testing::RandomModel;

// One opaque-ish isotropic splat in the middle of the image.
SplatModel OneSplat(float opacity, float log_scale) {
  SplatModel model = RandomModel(1, 0, 1);
  model.means = torch::tensor({{0.f, 0.f, 4.f}});
  model.log_scales = torch::full({1, 3}, log_scale);
  model.quats = torch::tensor({{1.f, 0.f, 0.f, 0.f}});
  model.opacity_logits = torch::full({1}, math::Logit(opacity));
  model.sh_dc = torch::tensor({{math::ColorToShDc(0.9f), math::ColorToShDc(0.5f), math::ColorToShDc(0.1f)}});
  return model;
}

TEST(Render, AnEmptyModelIsTheBackground) {
  RenderSettings settings;
  settings.traits.emplace().background = Rgb{0.25, 0.5, 0.75};
  const RenderOutput out = Render(RandomModel(0, 3, 1), FrontCamera(20, 10), settings);
  const torch::Tensor background = torch::tensor({0.25f, 0.5f, 0.75f}).expand({10, 20, 3});
  EXPECT_TRUE(torch::equal(out.image, background));
  EXPECT_EQ(out.alpha.abs().sum().item<float>(), 0);
}

TEST(Render, OneSplatHasItsOpacityAndColourInTheMiddle) {
  const RenderOutput out = Render(OneSplat(0.8f, std::log(0.3f)), FrontCamera(65, 65), {});
  constexpr double kTolerance = 1e-5;  // float rounding of one composite
  EXPECT_NEAR(out.alpha[32][32].item<float>(), 0.8, kTolerance);
  EXPECT_NEAR(out.image[32][32][0].item<float>(), 0.8 * 0.9, kTolerance);
  EXPECT_NEAR(out.image[32][32][2].item<float>(), 0.8 * 0.1, kTolerance);
  EXPECT_NEAR(out.depth[32][32].item<float>(), 0.8 * 4, 4 * kTolerance);
  // One standard deviation away: sigma^2 = (fx s / z)^2 + 0.3 px^2.
  const double sigma = std::sqrt(std::pow(65 * 0.3 / 4, 2) + 0.3);
  EXPECT_NEAR(out.alpha[32][37].item<float>(), 0.8 * std::exp(-0.5 * 25 / (sigma * sigma)), kTolerance);
}

TEST(Render, TakesAllTraitsOfTheModelUnlessOthersAreGiven) {
  SplatModel model = OneSplat(0.8f, std::log(0.03f));
  model.sh_rest = torch::full({1, 3, 3}, 0.3f);
  const Camera camera = FrontCamera(65, 65);
  const RenderOutput plain = Render(model, camera, {});
  model.traits = {0, Rgb{1, 1, 1}, Antialiasing::kCompensated};
  const RenderOutput out = Render(model, camera, {});
  // An image of two thirds of a pixel: (fx s / z)^2 of it is left of (fx s / z)^2 + 0.3 (docs/math.md, section 4).
  const double variance = std::pow(65 * 0.03 / 4, 2), opacity = 0.8 * variance / (variance + 0.3);
  constexpr double kTolerance = 1e-5;  // float rounding of one composite
  EXPECT_NEAR(out.alpha[32][32].item<float>(), opacity, kTolerance);
  EXPECT_NEAR(out.image[32][32][2].item<float>(), opacity * 0.1 + (1 - opacity), kTolerance) << "degree 0, on white";
  RenderSettings settings;
  settings.traits = SceneTraits();
  EXPECT_TRUE(torch::equal(Render(model, camera, settings).image, plain.image));
  EXPECT_FALSE(torch::equal(out.image, plain.image));
}

TEST(Render, ReportsVisibilityAndExtent) {
  SplatModel model = RandomModel(2, 0, 3);
  model.means = torch::tensor({{0.f, 0.f, 4.f}, {0.f, 0.f, -4.f}});
  const RenderOutput out = Render(model, FrontCamera(32, 32), {});
  EXPECT_TRUE(out.stats.visible[0].item<bool>());
  EXPECT_FALSE(out.stats.visible[1].item<bool>());
  EXPECT_GT(out.stats.half_extents[0][0].item<float>(), 0);
  EXPECT_EQ(out.stats.half_extents[1][0].item<float>(), 0);
}

// The autograd operator hands the kernels' gradients through: a directional derivative of the float render. Eight
// splats that cover the whole image, so that no pixel crosses the alpha threshold (the kernels' own tests work in
// double).
TEST(Render, BackwardAgreesWithADirectionalDifference) {
  SplatModel model = RandomModel(8, 3, 5);
  model.log_scales += 3.2;
  model.opacity_logits.clamp_(-2, 0.5);
  const Camera camera = FrontCamera(48, 40);
  torch::manual_seed(0);
  const torch::Tensor weight = torch::randn({40, 48, 3}), weight_alpha = torch::randn({40, 48});
  const auto loss = [&](const SplatModel& m) {
    const RenderOutput out = Render(m, camera, {});
    return (out.image.to(torch::kFloat64) * weight).sum() + (out.alpha.to(torch::kFloat64) * weight_alpha).sum() +
           (out.depth.to(torch::kFloat64) * weight_alpha).sum() * 0.1;
  };
  SetRequiresGrad(model, true);
  loss(model).backward();
  // A float render resolves the difference of two losses to about one percent at this step.
  constexpr double kStep = 5e-3, kTolerance = 0.03;
  for (int k = 0; k < kSplatArrays; ++k) {
    const torch::Tensor grad = model[k].grad();
    ASSERT_TRUE(grad.defined()) << kSplatArrayList[k].name;
    const torch::Tensor direction = grad / grad.norm();
    const torch::NoGradGuard no_grad;
    SplatModel plus = model, minus = model;
    plus[k] = model[k] + kStep * direction;
    minus[k] = model[k] - kStep * direction;
    const double difference = (loss(plus) - loss(minus)).item<double>() / (2 * kStep);
    EXPECT_NEAR(difference / grad.norm().item<double>(), 1, kTolerance) << kSplatArrayList[k].name;
  }
}

TEST(Render, BackwardFillsTheScreenStatistics) {
  SplatModel model = RandomModel(40, 0, 5);
  SetRequiresGrad(model, true);
  const RenderOutput out = Render(model, FrontCamera(48, 40), {});
  EXPECT_EQ(out.stats.abs_mean_px.sum().item<float>(), 0);
  out.image.square().sum().backward();
  EXPECT_GT(out.stats.grad_mean_px.abs().sum().item<float>(), 0);
  EXPECT_TRUE((out.stats.abs_mean_px * 1.0001f + 1e-6f >= out.stats.grad_mean_px.abs()).all().item<bool>());
}

TEST(Render, NonFiniteSplatsNeverReachTheImage) {
  const SplatModel clean = RandomModel(20, 3, 7);
  const torch::Tensor expected = Render(SelectRows(clean, torch::arange(1, 20)), FrontCamera(40, 40), {}).image;
  for (int k = 0; k < kSplatArrays; ++k) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      SplatModel model = SelectRows(clean, torch::arange(20));
      model[k].select(0, 0).fill_(bad);
      const torch::Tensor image = Render(model, FrontCamera(40, 40), {}).image;
      ASSERT_TRUE(torch::isfinite(image).all().item<bool>()) << kSplatArrayList[k].name << " " << bad;
      // An infinite opacity logit is an opaque splat; all other cases leave the splat out.
      if (k != 3 || !std::isinf(bad)) {
        EXPECT_TRUE(torch::equal(image, expected)) << kSplatArrayList[k].name << " " << bad;
      }
    }
  }
}

TEST(Render, RunsWithoutGradientsAndGivesTheSameImage) {
  SplatModel model = RandomModel(30, 2, 11);
  const torch::Tensor plain = Render(model, FrontCamera(33, 21), {}).image;
  SetRequiresGrad(model, true);
  EXPECT_TRUE(torch::equal(Render(model, FrontCamera(33, 21), {}).image.detach(), plain));
  const torch::NoGradGuard no_grad;
  const torch::Tensor image = Render(model, FrontCamera(33, 21), {}).image;
  EXPECT_TRUE(torch::equal(image, plain));
  EXPECT_FALSE(image.requires_grad());
}

TEST(Render, NamesAMalformedTensor) {
  SplatModel model = RandomModel(3, 0, 1);
  model.quats = torch::zeros({3, 3});
  try {
    Render(model, FrontCamera(8, 8), {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("quats"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("[3, 3]"));
  }
}

TEST(Render, RefusesABrokenCamera) {
  Camera camera = FrontCamera(8, 8);
  camera.fx = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(Render(RandomModel(3, 0, 1), camera, {}), Error);
}

}  // namespace
}  // namespace splat
