// This header makes scenes to render in tests of gradients, losses of their images, and scenes around which such a loss
// is smooth.
#pragma once

#include <cstdint>

#include "tests/support/backends.h"

namespace splat::testing {

struct SceneSize {
  int width, height;
  int64_t splats;
  int sh_degree;
  bool antialiased = false;  // then with splats below a pixel, of which much is compensated
};

RenderInput RandomInput(const SceneSize& size, uint64_t seed, double sigma_px_max = 12);

// A random linear functional of image, alpha and depth: its weights are the pixel gradients.
PixelArrays RandomFunctional(const RenderInput& input, uint64_t seed);
double Evaluate(const PixelArrays& functional, const PixelArrays& pixels);

// The first seed, from `first_seed` on, whose scene and camera are smooth: no decision of the render is near a
// threshold, so that it stays as it is when something moves by 1e-5. Fails the test if there is none.
RenderInput SmoothScene(const SceneSize& size, uint64_t first_seed = 1);

}  // namespace splat::testing
