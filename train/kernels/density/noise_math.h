// Densification as sampling adds noise to positions (Kheradmand et al. 2024, "3D Gaussian Splatting as Markov Chain
// Monte Carlo"; docs/math.md, section 11): transparent splats walk about at random. This header has the formulas for
// one splat; the CPU and the device share them.
#pragma once

#include "core/host_device.h"
#include "core/quaternion.h"
#include "core/random.h"
#include "core/vec.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/covariance_3d.h"

namespace splat::train {

// The walk's step is scaled by Sigmoid(-kNoiseSharpness (opacity - kNoiseOpacity)): splats on their way out move.
constexpr float kNoiseSharpness = 100, kNoiseOpacity = 0.005f;
// From here on the factor is below 1e-7, and the splat stays where it is.
constexpr float kStillOpacity = 0.17f;
// How many draws of the random numbers one splat takes in one step.
constexpr int kDrawsPerNoise = 4;

// Three standard normal numbers in float, of two pairs.
SPLAT_HD inline Vec3<float> ThreeNormals(Random random) {
  float uniform[kDrawsPerNoise];
  for (float& u : uniform) u = random.UniformFloat();
  const NormalPair<float> a = BoxMuller(uniform[0], uniform[1]), b = BoxMuller(uniform[2], uniform[3]);
  return {a.first, a.second, b.first};
}

// Moves the mean by rate * factor * covariance * normal numbers. Splat i of a step draws from the step's generator
// skipped by i * kDrawsPerNoise. A splat whose step is not finite stays. log_scale: [3], quat: [4], mean: [3] in place.
SPLAT_HD inline void Walk(Random random, float rate, float opacity_logit, const float* log_scale, const float* quat,
                          float* mean) {
  const float opacity = math::Sigmoid(opacity_logit);
  if (!(opacity < kStillOpacity)) return;
  const float factor = rate * math::Sigmoid(-kNoiseSharpness * (opacity - kNoiseOpacity));
  const SymMat3<float> covariance =
      math::Covariance3d<float>({log_scale[0], log_scale[1], log_scale[2]}, {quat[0], quat[1], quat[2], quat[3]});
  const Vec3<float> step = factor * (covariance * ThreeNormals(random));
  const float sum = step.x + step.y + step.z;
  if (!(sum - sum == 0)) return;
  mean[0] += step.x;
  mean[1] += step.y;
  mean[2] += step.z;
}

}  // namespace splat::train
