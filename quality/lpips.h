// This header computes LPIPS (Zhang et al. 2018) by a network in a file.
#pragma once

#include <string>

#include "quality/metrics.h"
#include "rasterizer/torch/libtorch.h"

namespace splat::quality {

// Loads a TorchScript module onto the device and returns the metric that it computes: the module is called with two
// float tensors [1, 3, H, W] of values in -1..1, the render and the photo, and gives a tensor whose mean is the
// distance. Pixels that do not count are those of the photo in both. Throws splat::Error naming the file if it cannot
// be loaded or does not work on a pair of small images.
Metric LpipsMetric(const std::string& path, torch::Device device);

}  // namespace splat::quality
