// Each stage of the GPU's backend, emulated or real, against the CPU's in float on the same inputs: what the stage
// before gave comes from the CPU, so that a difference belongs to the stage that shows it.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "rasterizer/math/activation.h"
#include "rasterizer/math/thresholds.h"
#include "tests/support/backends.h"
#include "tests/support/gradient_check.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::Backend;
using testing::CpuFloatBackend;
using testing::GradArrays;
using testing::GradientsMatch;
using testing::PixelArrays;
using testing::ProjectedArrays;
using testing::RandomSplats;
using testing::RandomVector;
using testing::Rendered;
using testing::RenderInput;
using testing::SceneOptions;
using testing::TestCamera;
using testing::TileLists;

class DeviceAgreementTest : public ::testing::TestWithParam<std::shared_ptr<const Backend>> {
 protected:
  const Backend& device() const { return *GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(On, DeviceAgreementTest, ::testing::ValuesIn(testing::DeviceBackends()),
                         [](const auto& instance) { return instance.param->Name(); });

// exp, log and division differ by a few units in the last place between libm and a GPU; through the covariance of a
// splat 30 times as long as wide that is some 1e-5. Under emulation the two agree to the bit, which is far inside.
constexpr double kProjectTolerance = 2e-5;
// exp2 of folded factors against exp: alpha carries its exponent's rounding, |p| <= 8 times 1e-7, through up to a
// hundred splats of a pixel.
constexpr double kBlendTolerance = 3e-5;
// A pixel within that of the threshold of alpha may draw or leave out one splat: 1/255 of a colour below 2.
constexpr double kOneSplat = 2.1 / 255;
constexpr double kFlippedShare = 2e-3;  // of the pixels, of the slots
// Sums of signed parts, of the largest entry of their kind; and where a pixel at the threshold is drawn by one side
// only.
constexpr double kSlotTolerance = 3e-4, kFlippedSlotTolerance = 3e-3;

RenderInput RandomInput(int width, int height, int64_t splats, uint64_t seed, int degree = 2) {
  RenderInput input;
  input.camera = TestCamera(width, height, seed);
  SceneOptions options;
  options.seed = seed;
  options.splats = splats;
  options.sh_degree = degree;
  options.sigma_px_max = 20;
  options.outside = 0.3;
  options.opacity_max = 0.99;
  input.splats = RandomSplats(options, input.camera);
  input.options.sh_degree = degree;
  input.background = {0.2, 0.4, 0.6};
  return input;
}

// Scenes of the kinds that break kernels.
std::vector<std::pair<std::string, RenderInput>> Scenes() {
  std::vector<std::pair<std::string, RenderInput>> scenes;
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 1}, {133, 97}, {4097, 33}}) {
    scenes.emplace_back(std::to_string(width) + " x " + std::to_string(height),
                        RandomInput(width, height, 200, uint64_t(width)));
  }
  scenes.emplace_back("no splats", RandomInput(50, 40, 0, 2));
  RenderInput one = RandomInput(200, 150, 30, 3);
  AppendPlainSplat(one.splats, one.camera, {100, 75, 3, 1e5, 0.7});
  scenes.emplace_back("one over everything", one);
  RenderInput broken = RandomInput(60, 50, 120, 4);
  const double bad[] = {std::nan(""), HUGE_VAL, -HUGE_VAL};
  for (size_t k = 0; k < 60; ++k) {
    std::vector<double>* groups[] = {&broken.splats.means,          &broken.splats.log_scales, &broken.splats.quats,
                                     &broken.splats.opacity_logits, &broken.splats.sh_dc,      &broken.splats.sh_rest};
    std::vector<double>& group = *groups[k % 6];
    group[group.size() / 120 * (2 * k)] = bad[k / 6 % 3];
  }
  scenes.emplace_back("not finite", broken);
  RenderInput edge = RandomInput(64, 48, 60, 5);
  for (size_t k = 0; k < 60; ++k) {  // opacities at and around the threshold of alpha, and at the clamp
    const double at = k % 2 == 0 ? math::kMinAlpha : math::kMaxAlpha;
    edge.splats.opacity_logits[k] = math::Logit(at) + (double(k / 2 % 3) - 1) * 1e-6;
  }
  scenes.emplace_back("opacity at thresholds", edge);
  for (int degree = 0; degree <= 3; ++degree) {
    RenderInput antialiased = RandomInput(133, 97, 200, 6, degree);
    antialiased.options.antialiasing = Antialiasing::kCompensated;
    scenes.emplace_back("antialiased, degree " + std::to_string(degree), antialiased);
  }
  return scenes;
}

double LargestOf(const std::vector<double>& values) {
  double largest = 0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

TEST_P(DeviceAgreementTest, ProjectsAsTheCpu) {
  const auto cpu = CpuFloatBackend(1);
  for (const auto& [name, input] : Scenes()) {
    SCOPED_TRACE(name);
    const ProjectedArrays expected = cpu->Project(input), actual = device().Project(input);
    const size_t n = expected.tile_counts.size();
    size_t other_tiles = 0;
    for (size_t i = 0; i < n; ++i) other_tiles += expected.tile_counts[i] != actual.tile_counts[i] ? 1 : 0;
    EXPECT_LE(other_tiles, n / 100) << "an ellipse that ends at a pixel centre may reach a tile more or less";
    if (other_tiles > 0) continue;
    EXPECT_TRUE(GradientsMatch(actual.means_px, expected.means_px, kProjectTolerance, "means_px"));
    EXPECT_TRUE(GradientsMatch(actual.conics, expected.conics, kProjectTolerance, "conics"));
    EXPECT_TRUE(GradientsMatch(actual.half_extents_px, expected.half_extents_px, kProjectTolerance, "half extents"));
    EXPECT_TRUE(GradientsMatch(actual.opacities, expected.opacities, kProjectTolerance, "opacities"));
    EXPECT_TRUE(GradientsMatch(actual.colors, expected.colors, kProjectTolerance, "colors"));
    EXPECT_TRUE(GradientsMatch(actual.depths, expected.depths, kProjectTolerance, "depths"));
  }
}

// Integers: exactly, in content and order.
TEST_P(DeviceAgreementTest, BinsExactlyAsTheCpu) {
  const auto cpu = CpuFloatBackend(1);
  for (const auto& [name, input] : Scenes()) {
    SCOPED_TRACE(name);
    const ProjectedArrays projected = cpu->Project(input);
    const TileLists expected = cpu->Bin(input, projected), actual = device().Bin(input, projected);
    EXPECT_EQ(actual.instances, expected.instances);
    EXPECT_EQ(actual.slot_begin, expected.slot_begin);
    EXPECT_EQ(actual.tile_begin, expected.tile_begin);
    EXPECT_EQ(actual.instance_splat, expected.instance_splat);
    EXPECT_EQ(actual.instance_slot, expected.instance_slot);
  }
}

TEST_P(DeviceAgreementTest, BlendsAsTheCpu) {
  const auto cpu = CpuFloatBackend(1);
  for (const auto& [name, input] : Scenes()) {
    SCOPED_TRACE(name);
    const Rendered r = cpu->Render(input);
    const PixelArrays actual = device().Blend(input, r.projected, r.lists);
    const double depth_scale = std::max(1.0, LargestOf(r.projected.depths));
    size_t flipped = 0;
    for (size_t i = 0; i < r.pixels.alpha.size(); ++i) {
      double error = std::abs(actual.alpha[i] - r.pixels.alpha[i]);
      error = std::max(error, std::abs(actual.depth[i] - r.pixels.depth[i]) / depth_scale);
      for (size_t c = 3 * i; c < 3 * i + 3; ++c) {
        error = std::max(error, std::abs(actual.image[c] - r.pixels.image[c]));
      }
      ASSERT_LE(error, kOneSplat) << "pixel " << i;  // also fails for NaN
      flipped += error > kBlendTolerance ? 1 : 0;
    }
    EXPECT_LE(double(flipped), std::max(1.0, kFlippedShare * double(r.pixels.alpha.size())));
  }
}

TEST_P(DeviceAgreementTest, BlendsBackwardAsTheCpu) {
  const auto cpu = CpuFloatBackend(1);
  for (const auto& [name, input] : Scenes()) {
    SCOPED_TRACE(name);
    const Rendered r = cpu->Render(input);
    Random random(7);
    const size_t pixels = r.pixels.alpha.size();
    const PixelArrays grad = {RandomVector(3 * pixels, -1, 1, random), RandomVector(pixels, -1, 1, random),
                              RandomVector(pixels, -1, 1, random)};
    const std::vector<double> expected = cpu->BlendBackward(input, r, grad);
    const std::vector<double> actual = device().BlendBackward(input, r, grad);
    for (int entry = 0; entry < kSlotSize; ++entry) {
      std::vector<double> a, e;
      for (size_t k = size_t(entry); k < expected.size(); k += kSlotSize) {
        a.push_back(actual[k]);
        e.push_back(expected[k]);
      }
      EXPECT_TRUE(GradientsMatch(a, e, kFlippedSlotTolerance, "slot entry " + std::to_string(entry)));
      const double tolerance = kSlotTolerance * LargestOf(e);
      size_t flipped = 0;
      for (size_t k = 0; k < e.size(); ++k) flipped += std::abs(a[k] - e[k]) > tolerance ? 1 : 0;
      EXPECT_LE(double(flipped), std::max(1.0, kFlippedShare * double(e.size()))) << "slot entry " << entry;
    }
  }
}

TEST_P(DeviceAgreementTest, ProjectsBackwardAsTheCpu) {
  const auto cpu = CpuFloatBackend(1);
  for (const auto& [name, input] : Scenes()) {
    SCOPED_TRACE(name);
    const Rendered r = cpu->Render(input);
    Random random(8);
    const std::vector<double> slots = RandomVector(size_t(r.lists.instances) * kSlotSize, -1, 1, random);
    const GradArrays expected = cpu->ProjectBackward(input, r, slots),
                     actual = device().ProjectBackward(input, r, slots);
    EXPECT_TRUE(GradientsMatch(actual.splats.Flat(), expected.splats.Flat(), kSlotTolerance, "gradients"));
    EXPECT_TRUE(GradientsMatch(actual.grad_mean_px, expected.grad_mean_px, kSlotTolerance, "grad_mean_px"));
    EXPECT_TRUE(GradientsMatch(actual.abs_mean_px, expected.abs_mean_px, kSlotTolerance, "abs_mean_px"));
  }
}

TEST_P(DeviceAgreementTest, HasTheCamerasGradientOfTheCpu) {
  const auto cpu = CpuFloatBackend(1);
  for (const auto& [name, input] : Scenes()) {
    SCOPED_TRACE(name);
    const Rendered r = cpu->Render(input);
    Random random(9);
    const std::vector<double> slots = RandomVector(size_t(r.lists.instances) * kSlotSize, -1, 1, random);
    const std::vector<double> expected = cpu->CameraGradient(input, r, slots);
    EXPECT_TRUE(GradientsMatch(device().CameraGradient(input, r, slots), expected, kSlotTolerance));
  }
}

// A million splats behind the camera leave early, and are written as hidden.
TEST_P(DeviceAgreementTest, PassesOverAMillionSplatsBehindTheCamera) {
  RenderInput input;
  input.camera = TestCamera(64, 64, 0);
  input.options.sh_degree = 0;
  constexpr size_t kSplats = 1000000;
  input.splats = testing::SplatArrays(kSplats, 0);
  std::fill(input.splats.quats.begin(), input.splats.quats.end(), 0.5);
  for (size_t i = 0; i < kSplats; ++i) input.splats.means[3 * i + 2] = -1 - double(i % 100);
  AppendPlainSplat(input.splats, input.camera, {32, 32, 3, 4, 0.8});
  const Rendered r = device().Render(input);
  EXPECT_GT(r.lists.instances, 0);
  for (const int32_t splat : r.lists.instance_splat) EXPECT_EQ(splat, int32_t(kSplats));
  for (size_t i = 0; i < kSplats; ++i) ASSERT_EQ(r.projected.tile_counts[i], 0);
}

}  // namespace
}  // namespace splat::kernels
