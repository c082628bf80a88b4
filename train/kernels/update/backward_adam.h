// One stage ends a training step: it computes the gradient of the projection, updates the statistics of densification
// and applies Adam to the arrays of the model, whose gradients are never written to memory that lasts.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/kernel_context.h"
#include "rasterizer/kernels/kernels.h"
#include "train/kernels/density/screen_gradient.h"
#include "train/kernels/update/adam.h"
#include "train/kernels/update/penalty_math.h"

namespace splat::train {

struct BackwardAdamParams {
  // These are the parameters of ProjectBackward, except that `grad` is not used. The splats are the arrays of `value`.
  kernels::ProjectBackwardParams<float> backward;
  // The arrays are shaped as the model's; they are null for an array without numbers, and aligned to 16 bytes.
  SplatArraysOf<float*> value, first, second;  // parameters, first and second moments
  SplatArraysOf<double> learning_rates;
  double beta1 = kAdamBeta1, beta2 = kAdamBeta2, epsilon = kAdamEpsilon;
  int64_t step = 1;                      // 1 at the first update
  double* last_unusable_step = nullptr;  // [1] as AdamParams has it
  // Leaves kShRest and its moments alone. This is exact while all its gradients have been 0, that is while the active
  // degree has been 0 since the first step: moments of 0 stay 0 and move nothing.
  bool skip_sh_rest = false;
  SplatPenalty penalty;  // its gradient is added to that of the image, of hidden splats too
  DensityStatsView density;
};

// Throws splat::Error for splats that are not those of `value`, for a missing array, a stored degree that is none, an
// active degree other than 0 with skip_sh_rest, and as CheckShDegree and CheckAdamParams.
void CheckBackwardAdamParams(const BackwardAdamParams& params);

// Returns the AdamParams of `count` splats from `begin` on; `grad` has those splats' gradients.
AdamParams GroupAdamParams(const BackwardAdamParams& params, int group, int64_t begin, int64_t count,
                           const float* grad);

// Runs on the CPU and gives the numbers of ProjectBackward, AddPenalty and then AdamStep on each group, bit for bit:
// every splat takes part, hidden ones with a gradient of 0 from the image.
void BackwardAndAdam(const KernelContext& context, const BackwardAdamParams& params);

}  // namespace splat::train
