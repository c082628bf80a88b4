// This header picks a few of many values.
#pragma once

#include <cstddef>
#include <vector>

namespace splat {

// Picks at most `most` of the values, spread evenly and beginning with the first.
template <typename T>
std::vector<T> SpreadEvenly(const std::vector<T>& values, size_t most) {
  if (values.size() <= most) return values;
  std::vector<T> some;
  for (size_t i = 0; i < most; ++i) some.push_back(values[i * values.size() / most]);
  return some;
}

}  // namespace splat
