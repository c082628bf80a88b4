// This program is linked with a copy of a kernel's source from which one barrier was taken out (tests/CMakeLists.txt):
// the tests of the stages must see it. It runs one such test, on the emulated GPU in shuffled order, and expects a
// difference. That the unchanged kernel shows none is what the stages' own tests say.
#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "tests/support/backends.h"

namespace splat::testing {
namespace {

// Several batches of splats in every tile: what one batch leaves must not be overwritten by the next too early.
RenderInput CrowdedScene() {
  RenderInput input;
  input.camera = TestCamera(40, 36, 3);
  SceneOptions options;
  options.splats = 700;
  options.sigma_px_min = 4;
  options.sigma_px_max = 12;
  options.opacity_max = 0.1;
  options.sh_degree = 0;
  input.splats = RandomSplats(options, input.camera);
  input.options.sh_degree = 0;
  return input;
}

double LargestDifference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    largest = std::isnan(difference) ? HUGE_VAL : std::max(largest, difference);
  }
  return largest;
}

// The largest difference of image and slots from the CPU's; infinite where there is NaN, or where the emulation
// stops.
double DifferenceFromCpu(const Backend& device) {
  const RenderInput input = CrowdedScene();
  const auto cpu = CpuFloatBackend(1);
  const Rendered expected = cpu->Render(input);
  PixelArrays grad;
  grad.image.assign(expected.pixels.image.size(), 1e-2);
  try {
    const PixelArrays pixels = device.Blend(input, expected.projected, expected.lists);
    const std::vector<double> slots = device.BlendBackward(input, expected, grad);
    return std::max(LargestDifference(pixels.image, expected.pixels.image),
                    LargestDifference(slots, cpu->BlendBackward(input, expected, grad)));
  } catch (const Error&) {
    return HUGE_VAL;
  }
}

TEST(Mutant, IsSeenInAShuffledOrder) {
  constexpr double kVisible = 0.01;  // rounding moves the unchanged kernels by some 1e-5
  double largest = 0;
  for (const uint64_t seed : {1, 2, 3}) {
    largest = std::max(largest, DifferenceFromCpu(*EmulatedBackend(seed)));
  }
#if defined(SPLAT_UNCHANGED_KERNEL)
  EXPECT_LT(largest, kVisible);
#else
  EXPECT_GT(largest, kVisible) << "a kernel without one of its barriers passed for right";
#endif
}

}  // namespace
}  // namespace splat::testing
