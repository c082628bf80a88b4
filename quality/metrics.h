// This is the table of metrics: each says how an image is compared with the photo of the same view. A further metric is
// a row; reports, metrics.json and the events of a run take what they name from here.
#pragma once

#include <functional>
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

// Compares two images of the same size with 3 channels each, by the photo's weights, which may be empty. NaN where the
// metric is not defined for images so small; throws splat::Error for images that cannot be compared. Several threads
// may call it.
using CompareImages = std::function<double(const Image8& photo, const Image8& render, const Image8& weights)>;

struct Metric {
  const char* name;         // as metrics.json, evaluation.json and events have it: "psnr"
  const char* title;        // for people: "PSNR"
  const char* unit;         // "dB"; empty: a number without one
  int decimals;             // that people are shown
  bool higher_is_better;    // false: lower is
  bool in_runs;             // computed by every run that holds photos out; false: by splat-eval only
  const char* description;  // what exactly is computed, in one sentence
  CompareImages compare;
};

// All metrics that need no file.
const std::vector<Metric>& Metrics();

// Returns the metrics of every run.
const std::vector<Metric>& RunMetrics();

// The place of a metric in a list of them. Throws splat::Error for a name that is not there.
size_t IndexOfMetric(const std::vector<Metric>& metrics, const char* name);

}  // namespace splat::quality
