// These stages are what a step needs besides project_backward and Adam when the gradients of the model are kept
// (train/update.h): they sum the gradients of several views and do what BackwardAndAdam does along the way.
#pragma once

#include <cstdint>

#include "core/kernel_context.h"
#include "train/kernels/update/backward_adam.h"

namespace splat::train {

// sum += values, number by number.
struct AddGradientParams {
  int64_t size = 0;
  float* sum = nullptr;           // [size]
  const float* values = nullptr;  // [size]
};
void AddGradient(const KernelContext& context, const AddGradientParams& params);

// AddDensityStats for each visible splat.
struct DensityStatsParams {
  DensityStatsView density;              // both arrays given
  int64_t count = 0;                     // N
  const int32_t* tile_counts = nullptr;  // [N]
  const float* grad_mean_px = nullptr;   // [N, 2] of ScreenStatsView, the one that density.absolute says
};
void AddDensityStatistics(const KernelContext& context, const DensityStatsParams& params);

// AddPenalty for each splat.
struct PenaltyParams {
  SplatPenalty penalty;
  int64_t count = 0;                      // N
  const float* opacity_logits = nullptr;  // [N]
  const float* log_scales = nullptr;      // [N, 3]
  float* grad_opacity_logits = nullptr;   // [N] added to
  float* grad_log_scales = nullptr;       // [N, 3] added to
};
void AddPenalties(const KernelContext& context, const PenaltyParams& params);

}  // namespace splat::train
