// How far two 8-bit images are apart. Both must have the same size and channels; otherwise splat::Error. No torch.
#pragma once

#include "core/image.h"

namespace splat::quality {

constexpr double kMaxPsnr = 100;  // dB, what equal images get

// Peak signal-to-noise ratio in dB over all pixels and channels, peak 255; at most kMaxPsnr.
double Psnr(const Image8& a, const Image8& b);

// Mean SSIM over all pixels and channels with the window and padding of the training loss (train/kernels/loss/ssim.h).
double Ssim(const Image8& a, const Image8& b);

}  // namespace splat::quality
