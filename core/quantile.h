// This header finds quantiles of unsorted numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace splat {

// Returns the number below which `share` of all lie, 0 <= share < 1: that at place floor(share * count) in their order.
// There must be at least one.
template <typename T>
T Quantile(std::vector<T> values, double share) {
  const auto place = values.begin() + std::ptrdiff_t(share * double(values.size()));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

// Returns the median; of an even number of values this is the upper one of the two in the middle.
template <typename T>
T Median(std::vector<T> values) {
  return Quantile(std::move(values), 0.5);
}

}  // namespace splat
