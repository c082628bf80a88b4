// This header makes seeded synthetic cameras, splats and images for tests. The same arguments give the same scene on
// every machine.
#pragma once

#include <cstdint>
#include <vector>

#include "core/camera.h"
#include "core/image.h"
#include "core/random.h"
#include "rasterizer/kernels/views.h"

namespace splat::testing {

// Stored parameters of a model, owned, in double; shapes as in kernels::SplatsView.
struct SplatArrays : SplatArraysOf<std::vector<double>> {
  int64_t count = 0;
  int sh_rest_count = 0;

  SplatArrays() = default;
  SplatArrays(int64_t splats, int rest_count);

  // All parameters in one vector, array after array in the order of the list, and back.
  std::vector<double> Flat() const;
  void SetFlat(const std::vector<double>& flat);
};

// A camera at a seeded position some 4 units from the origin, looking at it with a seeded roll; fx != fy, and the
// principal point is off the centre. Seed 0: identity pose, looking along +z from the origin.
Camera TestCamera(int width, int height, uint64_t seed);

struct SceneOptions {
  uint64_t seed = 1;
  int64_t splats = 100;
  int sh_degree = 3;
  double depth_min = 2, depth_max = 6;        // along the camera's axis
  double sigma_px_min = 1, sigma_px_max = 8;  // size on the screen of the three axes
  double opacity_min = 0.05, opacity_max = 0.95;
  double outside = 0.1;  // means reach this share of the image's size beyond its edges
};

// Splats that `camera` sees, uniform on the screen and in depth, with random rotations and unnormalised quaternions.
SplatArrays RandomSplats(const SceneOptions& options, const Camera& camera);

// Adds one splat whose mean projects to (x, y) px at depth z: round, `sigma_px` large on the screen, one colour.
struct PlainSplat {
  double x = 0, y = 0, z = 4;  // px, px, scene units
  double sigma_px = 3;         // before the low-pass
  double opacity = 0.5;
  double color[3] = {0.2, 0.5, 0.8};
};
void AppendPlainSplat(SplatArrays& splats, const Camera& camera, const PlainSplat& plain);

// A small smooth image with some noise, 0..1.
ImageF RandomImage(int width, int height, uint64_t seed);

// `size` numbers uniform in [low, high).
std::vector<double> RandomVector(size_t size, double low, double high, Random& random);

}  // namespace splat::testing
