// This header quantises vectors: it clusters many points around up to tens of thousands of centres.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/parallel.h"
#include "formats/quantize/kmeans_parts.h"

namespace splat::formats {

// The function that fits the parts; what it throws passes through.
using PartsFitter = std::function<std::vector<FittedPart>(const PartsParams& params)>;

struct Clusters {
  std::vector<float> centers;    // [count, dimensions]
  std::vector<uint32_t> labels;  // [points] of the centre that stands for each
  int64_t count = 0;             // at most what was asked for; fewer where there are fewer different points
};

// Clusters finite points [count, dimensions] by k-means. Plain k-means would compare every point with every centre: for
// 300,000 points and 65,536 centres 10^13 multiplications. So the points are divided first among a few hundred coarse
// centres, each with a share of the fine ones that follows the squared error of its points; a part that is still large
// is divided again. Within a part centres are chosen by k-means++ (Arthur and Vassilvitskii 2007), which finds rare
// strong points, and moved by Lloyd's algorithm; each point then gets the nearest centre of its own part, though one of
// a neighbouring part may lie nearer. The same points, seed and count give the same bits with any number of threads.
// `fit_parts` does k-means within the parts (kmeans_parts.h); the executor does it where that is empty.
Clusters ClusterPoints(const std::vector<float>& points, int dimensions, int64_t clusters, uint64_t seed,
                       Executor& executor, const PartsFitter& fit_parts = {});

}  // namespace splat::formats
