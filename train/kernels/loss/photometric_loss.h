// One call computes the training loss and its gradient: (1 - w) L1 + w (1 - SSIM), averaged over pixels and channels.
// SSIM is that of Wang et al. 2004, with an 11x11 Gaussian window of sigma 1.5 and zero padding outside the image
// (docs/math.md, section 9).
//
// Pixels may have weights. A pixel of weight 0 counts as one outside of the image: it adds nothing to the loss and gets
// no gradient, and the windows of its neighbours see 0 there in both images, so that a mask over a border gives the
// gradient of the cropped image. In between, the windows see weight x value, and |x - y| and 1 - SSIM of the pixel are
// multiplied by its weight. The mean stays one over all pixels: what is kept weighs as much as in a photo without a
// mask, whatever else the photo leaves out.
#pragma once

#include <cstdint>
#include <vector>

#include "core/parallel.h"

namespace splat::train {

constexpr int kMaxLossChannels = 4;

// The scalar is float in training; the double instance is the oracle of the tests.
template <typename T>
struct LossParamsOf {
  int width = 0, height = 0;
  int channels = 3;                  // 1..4, interleaved
  const T* image = nullptr;          // [H, W, C] rendered, 0..1 (may exceed)
  const uint8_t* target = nullptr;   // [H, W, C] photo, / 255
  double ssim_weight = 0.2;          // w, 0..1
  T* grad_image = nullptr;           // [H, W, C] dL/dimage, overwritten; null: not wanted
  const uint8_t* weights = nullptr;  // [H, W] of the pixels, / 255; null: all 1
};
using LossParams = LossParamsOf<float>;

// Throws splat::Error for sizes, pointers or a weight out of range.
template <typename T>
void CheckLossParams(const LossParamsOf<T>& params);

struct LossValue {
  double loss = 0, l1 = 0, ssim = 0;  // ssim: mean, 1 is equal; a pixel of weight 0 counts as equal
};

// Numbers in the scratch of PhotometricLoss.
struct LossBufferSizes {
  int64_t partials = 0, sums = 0;
};
template <typename T>
LossBufferSizes LossBufferSizesOf(const LossParamsOf<T>& params);

template <typename T>
struct LossBuffersOf {
  T* partials = nullptr;   // [3, H, W, C] derivatives of SSIM with respect to its statistics; unused without a gradient
  double* sums = nullptr;  // [tiles, 2] of |image - target| and of SSIM
};

// The image is cut into fixed tiles, whose sums are taken in double in a fixed order and added in tile order, so the
// result does not depend on the number of threads. Throws as CheckLossParams.
template <typename T>
LossValue PhotometricLoss(Executor& executor, const LossParamsOf<T>& params, const LossBuffersOf<T>& buffers);

// Scratch that grows to what the largest image needs. A caller keeps it between calls.
template <typename T>
struct LossWorkspaceOf {
  std::vector<T> partials;
  std::vector<double> sums;
};
using PhotometricLossWorkspace = LossWorkspaceOf<float>;

template <typename T>
LossValue PhotometricLoss(Executor& executor, const LossParamsOf<T>& params, LossWorkspaceOf<T>& workspace);

}  // namespace splat::train
