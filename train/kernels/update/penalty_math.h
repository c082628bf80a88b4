// Penalties on opacities and scales (Kheradmand et al. 2024, section 3.3) are terms of the loss that depend on the
// splats alone, so their gradient is added where the optimizer uses it (docs/math.md, section 11).
#pragma once

#include <cmath>

#include "core/host_device.h"
#include "rasterizer/math/activation.h"

namespace splat::train {

// The loss has opacity * (sum of all opacities) + scale * (sum of the scales of all axes).
struct SplatPenalty {
  float opacity = 0, scale = 0;

  SPLAT_HD bool IsZero() const { return opacity == 0 && scale == 0; }
};

// Adds the derivatives with respect to the stored numbers of one splat. log_scale, grad_log_scale: [3].
SPLAT_HD inline void AddPenalty(const SplatPenalty& penalty, float opacity_logit, const float* log_scale,
                                float& grad_opacity_logit, float* grad_log_scale) {
  grad_opacity_logit += math::SigmoidBackward(math::Sigmoid(opacity_logit), penalty.opacity);
  for (int k = 0; k < 3; ++k) grad_log_scale[k] += penalty.scale * std::exp(log_scale[k]);
}

}  // namespace splat::train
