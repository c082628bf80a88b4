// The training loss and its gradient in one call: (1 - w) L1 + w (1 - SSIM), mean over pixels and channels. SSIM as Wang et
// al. 2004 with an 11x11 Gaussian window of sigma 1.5, zero padding outside the picture (docs/math.md, section 9). No torch.
#pragma once

#include <cstdint>

#include "core/parallel.h"

namespace splat::train::kernels {

struct LossParams {
  int width = 0, height = 0;
  const float* image = nullptr;        // [H, W, 3] rendered, 0..1 (may exceed)
  const uint8_t* target = nullptr;     // [H, W, 3] photo, / 255
  double ssim_weight = 0.2;
  float* grad_image = nullptr;         // [H, W, 3] dL/dimage, overwritten; null: not wanted
};

struct LossValue {
  double loss = 0, l1 = 0, ssim = 0;   // ssim: mean, 1 is equal
};

// Independent of the thread count: sums are taken per row in double and added in row order.
LossValue PhotometricLoss(Executor& executor, const LossParams& params);

}  // namespace splat::train::kernels
