// This is the one list of the arrays of a splat, and a template that holds one thing for each. Views, gradients,
// moments, learning rates, tensors and the columns of files are made of it, so that nothing counts the arrays by hand.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "rasterizer/math/sh_degree.h"

namespace splat {

// The place of an array in the list. Everything that walks over the arrays does so in this order.
enum SplatArray { kMeans, kLogScales, kQuats, kOpacityLogits, kShDc, kShRest };
constexpr int kSplatArrays = 6;

constexpr int kChannels = 3;  // red, green, blue

struct SplatArrayInfo {
  const char* name;      // as members, tensors and messages have it
  int width;             // numbers of one splat; of kShRest, for each coefficient beyond the first
  bool per_coefficient;  // whether a splat has the width once for each of those coefficients
};

constexpr SplatArrayInfo kSplatArrayList[] = {
    {"means", 3, false},           // scene frame and units
    {"log_scales", 3, false},      // natural logarithms of the standard deviations, scene units
    {"quats", 4, false},           // (w, x, y, z), not normalised
    {"opacity_logits", 1, false},  // logits of the opacity
    {"sh_dc", kChannels, false},   // coefficient of the constant function
    {"sh_rest", kChannels, true},  // the others, coefficient-major, in Inria's order
};
static_assert(sizeof(kSplatArrayList) / sizeof(SplatArrayInfo) == kSplatArrays, "one row for each SplatArray");

// Numbers of one splat in an array, with K = sh_rest_count coefficients beyond the first (0, 3, 8 or 15).
constexpr int WidthOf(int array, int sh_rest_count) {
  return kSplatArrayList[array].width * (kSplatArrayList[array].per_coefficient ? sh_rest_count : 1);
}

// Numbers of one splat in all arrays.
constexpr int NumbersPerSplat(int sh_rest_count) {
  int numbers = 0;
  for (int array = 0; array < kSplatArrays; ++array) numbers += WidthOf(array, sh_rest_count);
  return numbers;
}
constexpr int kMostNumbersPerSplat = NumbersPerSplat(math::ShRestCount(math::kMaxShDegree));

// One H for each array, by name or by its place in the list.
template <typename H>
struct SplatArraysOf {
  H means{}, log_scales{}, quats{}, opacity_logits{}, sh_dc{}, sh_rest{};

  SPLAT_HD constexpr H& operator[](int array) { return *At(*this, array); }
  SPLAT_HD constexpr const H& operator[](int array) const { return *At(*this, array); }

 private:
  template <typename Self>
  SPLAT_HD static constexpr auto At(Self& self, int array) -> decltype(&self.means) {
    switch (array) {
      case kMeans:
        return &self.means;
      case kLogScales:
        return &self.log_scales;
      case kQuats:
        return &self.quats;
      case kOpacityLogits:
        return &self.opacity_logits;
      case kShDc:
        return &self.sh_dc;
      default:
        return &self.sh_rest;
    }
  }
};

// The arrays of some splats that lie one after the other: `numbers` [splats * NumbersPerSplat(sh_rest_count)].
template <typename T>
SplatArraysOf<T*> SplatArraysIn(T* numbers, int64_t splats, int sh_rest_count) {
  SplatArraysOf<T*> arrays;
  for (int array = 0; array < kSplatArrays; ++array) {
    arrays[array] = numbers;
    numbers += splats * WidthOf(array, sh_rest_count);
  }
  return arrays;
}

}  // namespace splat
