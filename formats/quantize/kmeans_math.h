// The CPU (kmeans.cpp) and a GPU (kmeans_cuda.cu) share these formulas of k-means. Both are compiled without
// contraction and add in the same order, so they get the same bits.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/random.h"

namespace splat::formats {

constexpr int kLloydSteps = 8;

// sum + (a - b)^2
SPLAT_HD inline float PlusSquare(float sum, float a, float b) {
  const float difference = a - b;
  return sum + difference * difference;
}

// `distance`, or that of a and b where it is smaller.
SPLAT_HD inline float LoweredDistance(float distance, const float* a, const float* b, int dimensions) {
  float sums[4] = {0, 0, 0, 0};  // four chains of additions instead of one
  int d = 0;
  for (; d + 4 <= dimensions; d += 4) {
    for (int j = 0; j < 4; ++j) sums[j] = PlusSquare(sums[j], a[d + j], b[d + j]);
  }
  for (; d < dimensions; ++d) sums[0] = PlusSquare(sums[0], a[d], b[d]);
  const float sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return sum < distance ? sum : distance;
}

// Draws a point, as k-means++ does, with a probability that follows its squared distance; -1 if all of them are 0.
SPLAT_HD inline int64_t DrawCenter(const float* squared_distances, int64_t count, Random& random) {
  double total = 0;
  for (int64_t i = 0; i < count; ++i) total += double(squared_distances[i]);
  if (!(total > 0)) return -1;
  double rest = random.Uniform() * total;
  int64_t next = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (squared_distances[i] > 0) next = i;  // rounding must not choose a centre again
    rest -= double(squared_distances[i]);
    if (rest < 0) break;
  }
  return next;
}

SPLAT_HD inline float MeanOf(double sum, int64_t members) {
  return float(sum / double(members));
}

}  // namespace splat::formats
