// This header computes SSIM over windows that lie inside the image, and over five scales (Wang et al. 2003);
// docs/evaluation.md has the formulas.
#pragma once

#include "core/image.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::quality {

constexpr int kMsSsimScales = 5;
// An image must have so many pixels a side: at the last scale, a sixteenth of it, rounded up, the window still has to
// fit.
constexpr int kLeastMsSsimSide_px = ((train::kSsimTaps - 1) << (kMsSsimScales - 1)) + 1;

// Returns the mean over channels and over the pixels whose window lies inside the image, as scikit-image's
// structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False) does. NaN if the window does not
// fit. Throws splat::Error for images that differ in size or channels.
double SsimInside(const Image8& photo, const Image8& render, const Image8& weights = {});

// Returns the mean over channels of the product over the scales. NaN for images with a side below kLeastMsSsimSide_px.
// Throws as SsimInside does.
double MsSsim(const Image8& photo, const Image8& render, const Image8& weights = {});

}  // namespace splat::quality
