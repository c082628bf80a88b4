// This stage is Adam (Kingma and Ba 2015) over a flat array, bias-corrected and in place.
#pragma once

#include <cstdint>

#include "core/parallel.h"
#include "train/kernels/update/adam_math.h"

namespace splat::train {

struct AdamParams {
  int64_t size = 0;
  float* value = nullptr;       // [size]
  const float* grad = nullptr;  // [size]
  float* first = nullptr;       // [size] first moment
  float* second = nullptr;      // [size] second moment
  double learning_rate = 0;
  double beta1 = kAdamBeta1, beta2 = kAdamBeta2, epsilon = kAdamEpsilon;
  int64_t step = 1;                      // 1 at the first update
  double* last_unusable_step = nullptr;  // [1] set to `step` where a gradient is not usable; may be null
  bool all_or_none = false;              // where one gradient is not usable nothing changes; for a few numbers
};

// Throws splat::Error for a step below 1, betas outside [0, 1) or a missing array.
void CheckAdamParams(const AdamParams& params);

AdamFactors<float> AdamFactorsOf(const AdamParams& params);
inline UnusableFlag UnusableFlagOf(const AdamParams& params) {
  return {params.last_unusable_step, double(params.step)};
}

// value -= lr * (first / (1 - beta1^step)) / (sqrt(second / (1 - beta2^step)) + epsilon). A gradient that is not usable
// (not finite or above 1e18) or below 1e-17 counts as 0. Moments below 1e-36 become 0. So nothing turns denormal, and
// the bits are the same whether denormals are switched off or not. Throws as CheckAdamParams. With all_or_none neither
// values nor moments change if any gradient is not usable.
void AdamStep(Executor& executor, const AdamParams& params);

}  // namespace splat::train
