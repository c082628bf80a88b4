// What density control learns from the steps between two refinements.
#pragma once

#include <cstdint>

#include "rasterizer/torch/splat_model.h"

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

// The statistics of the views since the last Clear.
class StatisticsCollector {
 public:
  // What the backward pass of one more view is to add to. Begins anew if the number of splats has changed.
  const DensityStatistics& ForNextView(const SplatModel& model, bool absolute);
  void Clear();

  const DensityStatistics& statistics() const { return statistics_; }

  // The most splats after a refinement of `count`: as many as let the average view see visible_per_pixel of them for
  // each pixel of a photo, 0: any number. More would be finer than what the photos show, and cost time and memory only.
  // Waits for the device.
  int64_t LimitOf(int64_t count, double visible_per_pixel, const DensityLimits& limits) const;

 private:
  DensityStatistics statistics_;
  int views_ = 0;  // that have added
};

}  // namespace splat::train
