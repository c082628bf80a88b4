// Several formats share these steps on the way from floats to few bits and back.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/quaternion.h"

namespace splat::formats {

// Returns the nearest of the 2^bits values that divide 0..1 evenly. A t outside is taken as the end, NaN as 0.
inline uint32_t QuantizeUnit(double t, int bits) {
  const double highest = double((1u << bits) - 1);
  const double level = std::floor(t * highest + 0.5);
  return level >= highest ? uint32_t(highest) : level > 0 ? uint32_t(level) : 0u;
}
inline double DequantizeUnit(uint32_t level, int bits) {
  return double(level) / double((1u << bits) - 1);
}

// The nearest whole number in 0..255; NaN is 0.
inline uint8_t RoundToByte(double value) {
  const double rounded = std::round(value);
  return rounded >= 255 ? uint8_t(255) : rounded > 0 ? uint8_t(rounded) : uint8_t(0);
}

// The size of a log scale as a float that is finite and not zero.
inline float FiniteExp(float log_scale) {
  constexpr double kLargest = 85;  // e^85 and e^-85 are floats
  return float(std::exp(std::clamp(double(log_scale), -kLargest, kLargest)));
}

// The bounds of triples of values, in floats as files hold them.
struct Bounds3 {
  std::array<float, 3> low, high;

  Bounds3() {
    low.fill(std::numeric_limits<float>::max());
    high.fill(std::numeric_limits<float>::lowest());
  }
  void Add(const std::array<double, 3>& value) {
    for (size_t axis = 0; axis < 3; ++axis) {
      low[axis] = std::min(low[axis], float(value[axis]));
      high[axis] = std::max(high[axis], float(value[axis]));
    }
  }
};

// The components of a unit quaternion, in whichever order a format has, without that of largest magnitude, which
// follows from the others. The three stay in their order and within +-sqrt(1/2), and the sign of the quaternion is the
// one that makes the largest positive.
struct SmallestThree {
  int largest = 0;  // 0 ... 3
  std::array<double, 3> others = {};
};
inline SmallestThree WithoutLargest(const std::array<double, 4>& components) {
  SmallestThree result;
  for (int i = 1; i < 4; ++i) {
    if (std::abs(components[size_t(i)]) > std::abs(components[size_t(result.largest)])) result.largest = i;
  }
  const double sign = components[size_t(result.largest)] < 0 ? -1 : 1;
  for (int i = 0, other = 0; i < 4; ++i) {
    if (i != result.largest) result.others[size_t(other++)] = sign * components[size_t(i)];
  }
  return result;
}
// Returns the four components again. Three that leave no room for the largest give a length above 1.
inline std::array<double, 4> WithLargest(const SmallestThree& three) {
  std::array<double, 4> components = {};
  double squares = 0;
  for (int i = 0, other = 0; i < 4; ++i) {
    if (i == three.largest) continue;
    const double value = three.others[size_t(other++)];
    components[size_t(i)] = value;
    squares += value * value;
  }
  components[size_t(three.largest)] = std::sqrt(std::fmax(0.0, 1 - squares));
  return components;
}
constexpr double kSqrtHalf = 0.70710678118654752440;

}  // namespace splat::formats
