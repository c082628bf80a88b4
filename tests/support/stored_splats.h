// This header gives one splat as a row of numbers, as tests of its projection need it, and what they project it with.
#pragma once

#include <cmath>
#include <vector>

#include "rasterizer/math/project_splat.h"
#include "tests/support/scenes.h"

namespace splat::testing {

constexpr math::ProjectLimits kLimits{0.2, 100, 3};

// Splat of 11 + 3 + 3 K numbers: mean, log-scale, quaternion, logit, dc, rest.
template <typename T>
math::StoredSplat<T> SplatOf(const std::vector<T>& x) {
  return {{x[0], x[1], x[2]}, {x[3], x[4], x[5]}, {x[6], x[7], x[8], x[9]}, x[10], &x[11], x.data() + 14};
}

// A splat in the middle of the image, with coefficients of degree 3.
inline std::vector<double> OrdinarySplat(const Camera& camera) {
  SplatArrays s(0, math::ShRestCount(3));
  AppendPlainSplat(s, camera, {camera.width * 0.5, camera.height * 0.5, 3.0, 4.0, 0.6, {0.3, 0.6, 0.9}});
  s.log_scales[0] += 0.5;
  s.quats = {0.8, 0.3, -0.4, 0.2};
  for (size_t k = 0; k < s.sh_rest.size(); ++k) s.sh_rest[k] = 0.02 * std::sin(double(k));
  return s.Flat();
}

}  // namespace splat::testing
