// Densification as sampling relocates splats (Kheradmand et al. 2024, "3D Gaussian Splatting as Markov Chain Monte
// Carlo"; docs/math.md, section 11): dead splats move to the place of live ones, which share their opacity. This header
// has the formulas for one splat; the CPU and the device share them.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "core/random.h"
#include "rasterizer/math/activation.h"
#include "train/kernels/density/clone_split_prune_math.h"

namespace splat::train {

// A weight stands in place of the opacity in draws, so that sums are exact and the same in every order; it is 2^24 for
// an opacity of 1. A live splat has at least 1, so that there is something to draw from as long as one lives; a dead
// one has 0.
SPLAT_HD inline uint64_t DrawWeight(bool alive, float opacity_logit) {
  constexpr float kOne = 16777216.0f;
  if (!alive) return 0;
  const uint64_t weight = uint64_t(math::Sigmoid(opacity_logit) * kOne);
  return weight > 0 ? weight : 1;
}

// Draws a place in the sum of all weights, which is at least 1 and at most 2^53. It is not drawn by a remainder: where
// the sum changes a little, as between backends that round differently, the place does so, too.
SPLAT_HD inline uint64_t DrawnPlace(Random random, uint64_t total) {
  const uint64_t place = uint64_t(random.Uniform() * double(total));
  return place < total ? place : total - 1;
}

// The first splat whose inclusive sum of weights is above `drawn`, which is below the last sum.
SPLAT_HD inline int64_t SplatOfDraw(const uint64_t* sums, int64_t count, uint64_t drawn) {
  int64_t low = 0, high = count - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (sums[middle] > drawn) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

struct SharedSplat {
  float opacity_logit;
  float log_scale_change;  // to be added to each axis
};

// What each of `copies` equal splats gets, so that together they look like the one whose place they take: the ray
// through their middle lets as much light through, and across it the covered widths add up to the same. An opacity of
// more than 1 - 1e-7 counts as that. `copies` is at least 1; 1 changes nothing but by rounding.
SPLAT_HD inline SharedSplat ShareOpacity(float opacity_logit, int32_t copies) {
  constexpr double kLeastTransparency = 1e-7, kSmallestTerm = 1e-18;
  double log_transparency = -std::log1p(std::exp(double(opacity_logit)));
  const double least = std::log(kLeastTransparency);
  if (!(log_transparency > least)) log_transparency = least;
  const double before = -std::expm1(log_transparency);
  const double after = -std::expm1(log_transparency / copies);
  // Width of 1 - (1 - a g)^n, g a Gaussian: the sum over j of (n over j) (-1)^(j-1) a^j / sqrt(j).
  double width = 0, term = 1;
  for (int32_t j = 1; j <= copies; ++j) {
    term *= after * double(copies - j + 1) / double(j);
    if (term < kSmallestTerm) break;
    width += (j % 2 == 1 ? term : -term) / std::sqrt(double(j));
  }
  return {float(std::log(after) - log_transparency / copies), float(std::log(before / width))};
}

}  // namespace splat::train
