#include "tests/support/smooth_scene.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/thresholds.h"

namespace splat::testing {
namespace {

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Whether no decision of the render is within `margin` of a threshold: alpha at 1/255 and 0.99, transmittance at 1e-4,
// colours at 0. Only then is the loss smooth around the scene.
bool IsAwayFromThresholds(const RenderInput& input, const Rendered& r, double margin) {
  const kernels::ProjectOptions& options = input.options;
  for (int64_t i = 0; i < input.splats.count; ++i) {
    if (r.projected.tile_counts[i] == 0) return false;  // its invisibility might be close
    if (r.projected.depths[i] < options.near * 1.1) return false;
    for (int k = 0; k < 3; ++k) {
      if (r.projected.colors[3 * i + k] < margin) return false;
    }
    for (int y = 0; y < input.camera.height; ++y) {
      for (int x = 0; x < input.camera.width; ++x) {
        const double dx = r.projected.means_px[2 * i] - x - 0.5, dy = r.projected.means_px[2 * i + 1] - y - 0.5;
        const double* c = &r.projected.conics[3 * i];
        const double alpha =
            r.projected.opacities[i] * std::exp(-0.5 * (c[0] * dx * dx + c[2] * dy * dy) - c[1] * dx * dy);
        if (std::abs(std::log(alpha * 255)) < margin || std::abs(alpha - math::kMaxAlpha) < margin) return false;
      }
    }
  }
  for (const double alpha : r.pixels.alpha) {
    if (1 - alpha < 2e-4) return false;
  }
  return true;
}

}  // namespace

RenderInput RandomInput(const SceneSize& size, uint64_t seed, double sigma_px_max) {
  RenderInput input;
  input.camera = TestCamera(size.width, size.height, seed);
  SceneOptions options;
  options.seed = seed;
  options.splats = size.splats;
  options.sh_degree = size.sh_degree;
  options.sigma_px_min = size.antialiased ? 0.5 : 2;
  options.sigma_px_max = sigma_px_max;
  options.opacity_max = 0.9;
  input.splats = RandomSplats(options, input.camera);
  input.options.sh_degree = size.sh_degree;
  input.options.antialiasing = CompensatedIf(size.antialiased);
  input.background = {0.3, 0.6, 0.1};
  return input;
}

PixelArrays RandomFunctional(const RenderInput& input, uint64_t seed) {
  Random random(seed);
  const size_t pixels = size_t(input.camera.width) * size_t(input.camera.height);
  return {RandomVector(3 * pixels, -1, 1, random), RandomVector(pixels, -1, 1, random),
          RandomVector(pixels, -1, 1, random)};
}

double Evaluate(const PixelArrays& functional, const PixelArrays& pixels) {
  return Dot(functional.image, pixels.image) + Dot(functional.alpha, pixels.alpha) +
         Dot(functional.depth, pixels.depth);
}

RenderInput SmoothScene(const SceneSize& size, uint64_t first_seed) {
  constexpr double kMargin = 1e-3;  // hundreds of times what a difference step moves
  const auto backend = CpuDoubleBackend(1);
  for (uint64_t seed = first_seed; seed < first_seed + 2000; ++seed) {
    const RenderInput input = RandomInput(size, seed);
    if (IsAwayFromThresholds(input, backend->Render(input), kMargin)) return input;
  }
  ADD_FAILURE() << "no smooth scene found";
  return {};
}

}  // namespace splat::testing
