// This header computes FLIP, the difference that people see when two images alternate on a screen: LDR-FLIP of
// Andersson et al. 2020; docs/evaluation.md has the formulas.
#pragma once

#include "core/constants.h"
#include "core/image.h"

namespace splat::quality {

// Pixels in a degree of the field of view: a screen 0.7 m wide with 3840 pixels, seen from 0.7 m. The paper's default.
constexpr double kFlipPixelsPerDegree = 3840 / 0.7 * 0.7 * kRadiansPerDegree;

// Returns the error of each pixel [H, W], 0..1. The images are sRGB with 3 channels. Throws splat::Error for images
// that differ in size or have other channels.
ImageF FlipMap(const Image8& photo, const Image8& render, double pixels_per_degree = kFlipPixelsPerDegree);

// Returns the mean of the map over the pixels that count, 0 (equal) to 1.
double Flip(const Image8& photo, const Image8& render, const Image8& weights = {});

}  // namespace splat::quality
