// The light and colour of every surface are computed once and kept as flat images: the light does not move and the
// surfaces are matt, so each photo only looks them up.
#pragma once

#include <cstdint>
#include <vector>

#include "capture/scene.h"
#include "core/parallel.h"

namespace splat::capture {

// Radiance over one face, row 0 at v = 0.
struct Chart {
  int width = 0, height = 0;     // texels
  std::vector<uint16_t> texels;  // [height, width, 3] linear radiance * kRadianceUnit, clamped
};

constexpr double kRadianceUnit = 16384;

struct BakedScene {
  Scene scene;
  std::vector<std::vector<Chart>> charts;  // [primitive][face]
};

struct BakeOptions {
  double texel = 0.003;  // m on the still life; surfaces of the backdrop have coarser_backdrop times that
  double coarser_backdrop = 2;
  uint64_t seed = 1;  // of the light's sample positions
};

// The result is the same for any number of threads.
BakedScene Bake(Scene scene, const BakeOptions& options, Executor& executor);

// Returns the bilinear radiance in linear RGB. 0 <= u, v <= 1.
Vec3<double> RadianceAt(const Chart& chart, double u, double v);

}  // namespace splat::capture
