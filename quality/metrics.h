// The metrics and their table: how an image is compared with the photo of the same view. A further metric is a row;
// reports, metrics.json and the events of a run take what they name from here.
#pragma once

#include <vector>

#include "core/image.h"

namespace splat::quality {

constexpr double kMaxPsnr = 100;  // dB, what equal images get

// Returns the peak signal-to-noise ratio in dB over all pixels and channels, peak 255; it is at most kMaxPsnr. Throws
// splat::Error for images that differ in size or channels. Weights [H, W] say what each pixel counts, / 255; without
// them all count in full.
double Psnr(const Image8& a, const Image8& b, const Image8& weights = {});

// Returns the mean SSIM over all pixels and channels with the window and padding of the training loss
// (formula: train/kernels/loss/ssim_math.h). Throws as Psnr does.
double Ssim(const Image8& a, const Image8& b, const Image8& weights = {});

struct Metric {
  const char* name;         // as metrics.json and events have it: "psnr"
  const char* title;        // for people: "PSNR"
  const char* unit;         // "dB"; empty: a number without one
  int decimals;             // that people are shown
  bool higher_is_better;    // false: lower is
  const char* description;  // what exactly is computed, in one sentence
  // Compares two images of the same size with 3 channels each, by the photo's weights, which may be empty; throws
  // splat::Error for others.
  double (*compare)(const Image8& photo, const Image8& render, const Image8& weights);
};

const std::vector<Metric>& Metrics();

// The place of a metric in Metrics(). Throws splat::Error for a name that is none.
size_t IndexOfMetric(const char* name);

}  // namespace splat::quality
