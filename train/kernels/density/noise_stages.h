// This header has the parameters of the stage that lets nearly transparent splats walk; the function is in the table of
// densification (density_stages.h).
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/random.h"
#include "train/kernels/density/noise_math.h"

namespace splat::train {

struct NoiseParams {
  int64_t count = 0;                      // N
  const float* opacity_logits = nullptr;  // [N]
  const float* log_scales = nullptr;      // [N, 3]
  const float* quats = nullptr;           // [N, 4]
  float* means = nullptr;                 // [N, 3] in place
  float rate = 0;                         // 1 / unit of length
  uint64_t random_state = 0;              // of the step's generator, which the caller skips by N * kDrawsPerNoise
};

SPLAT_HD inline void WalkSplat(const NoiseParams& params, int64_t splat) {
  Walk(Random(params.random_state).Skipped(uint64_t(splat) * kDrawsPerNoise), params.rate, params.opacity_logits[splat],
       params.log_scales + 3 * splat, params.quats + 4 * splat, params.means + 3 * splat);
}

}  // namespace splat::train
