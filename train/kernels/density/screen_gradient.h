// This header computes what densification (Kerbl et al. 2023, section 5) collects from one splat in one view.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "core/vec.h"

namespace splat::train {

// |dL/d(mean in normalised device coordinates)| from dL/d(mean in px): one such unit is half the image. The length is
// taken in double, where no float's square overflows or vanishes; so the same bits come from every backend.
SPLAT_HD inline float ScreenGradientLength(const Vec2<float>& grad_mean_px, float half_width, float half_height) {
  const double x = grad_mean_px.x * half_width, y = grad_mean_px.y * half_height;
  return float(std::sqrt(x * x + y * y));
}

// Whether a view's gradient may be added up: one that is not finite, or so large that sums would not be, says nothing,
// and would decide about the splat until the statistics are cleared.
SPLAT_HD inline bool IsUsableLength(float length) {
  constexpr float kLargest = 1e30f;
  return length <= kLargest;
}

// The statistics of densification, to which each visible splat is added that has a usable gradient in the view. A null
// array is not wanted.
struct DensityStatsView {
  float* gradient_sum = nullptr;          // [N] += ScreenGradientLength
  int32_t* seen = nullptr;                // [N] += 1
  float half_width = 0, half_height = 0;  // of the image, px
  bool absolute = false;                  // of the gradient with absolute values taken per pixel (kSlotAbsMean)
};

SPLAT_HD inline void AddDensityStats(const DensityStatsView& density, int64_t splat, const Vec2<float>& grad_mean_px) {
  const float length = ScreenGradientLength(grad_mean_px, density.half_width, density.half_height);
  if (!IsUsableLength(length)) return;
  density.gradient_sum[splat] += length;
  ++density.seen[splat];
}

}  // namespace splat::train
