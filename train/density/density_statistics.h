// These statistics are what densification learns from the views between two of its steps.
#pragma once

#include <cstdint>

#include "rasterizer/torch/splat_model.h"
#include "train/ranks.h"
#include "train/training_backend.h"

namespace splat::train {

// Screen statistics of the splats, on the backend's device, to which the backward pass of each view adds.
struct DensityStatistics {
  torch::Tensor gradient_sum;  // [N] sum over views of |dL/d(mean in normalised device coordinates)|; undefined: no
                               // statistics are wanted
  torch::Tensor seen;          // [N] int32: views in which the splat was visible
  bool absolute = false;       // of the gradient with absolute values taken per pixel
};

struct DensityLimits {
  int64_t gaussians = 0;  // the most splats
  int64_t pixels = 0;     // of a photo at full resolution, the largest; for DensityConfig::visible_per_pixel
};

// Densification remembers this from step to step, whatever the strategy; it is a part of the training's state.
struct DensityState {
  DensityStatistics statistics;    // of the views since the last densification step
  int views = 0;                   // that have added to them
  int densifications = 0;          // so far
  bool opacity_was_reset = false;  // by the adaptive strategy
};

// Returns the statistics to which the backward pass of one more view adds. They begin anew if the number of splats has
// changed.
const DensityStatistics& StatisticsForNextView(DensityState& state, const SplatModel& model, bool absolute);
void ClearStatistics(DensityState& state);

// Sums the statistics over the ranks. All ranks call it before they decide, so that all decide the same.
void SumStatistics(DensityState& state, const Ranks& ranks, const Backend& backend);

// Returns the most splats that a model of `count` splats may have after a densification step: as many as let the
// average view see visible_per_pixel of them for each pixel of a photo; 0: any number. More would be finer than what
// the photos show, and would only cost time and memory. Waits for the device.
int64_t MostSplatsAfterDensification(const DensityState& state, int64_t count, double visible_per_pixel,
                                     const DensityLimits& limits);

}  // namespace splat::train
