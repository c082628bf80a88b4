// This header packs and unpacks the values of a splat in a compressed PLY (docs/formats.md).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>

#include "core/quaternion.h"
#include "formats/quantize/quantize.h"

namespace splat::formats {

constexpr int64_t kChunkSplats = 256;
constexpr double kShRange = 8;  // of the values that a byte spans, from -4

// Properties of the element chunk. Files of older tools lack the last six: their colours lie in 0..1.
constexpr const char* kBoundNames[] = {
    "min_x",       "min_y",       "min_z",       "max_x", "max_y", "max_z", "min_scale_x", "min_scale_y", "min_scale_z",
    "max_scale_x", "max_scale_y", "max_scale_z", "min_r", "min_g", "min_b", "max_r",       "max_g",       "max_b"};
constexpr size_t kBounds = std::size(kBoundNames);
constexpr size_t kFirstColorBound = 12;
constexpr const char* kPackedNames[] = {"packed_position", "packed_rotation", "packed_scale", "packed_color"};

// The bounds of three values over the splats of a chunk.
struct Range3 : Bounds3 {
  // The place of a value within the bounds of its axis, 0..1.
  double Unit(int axis, double value) const {
    const double range = double(high[size_t(axis)]) - low[size_t(axis)];
    return range > 0 ? (value - low[size_t(axis)]) / range : 0;
  }
  double Value(int axis, double unit) const {
    return low[size_t(axis)] + unit * (double(high[size_t(axis)]) - low[size_t(axis)]);
  }
};

using Triple = std::array<double, 3>;

inline uint32_t Pack111011(const Range3& range, const Triple& value) {
  return QuantizeUnit(range.Unit(0, value[0]), 11) << 21 | QuantizeUnit(range.Unit(1, value[1]), 10) << 11 |
         QuantizeUnit(range.Unit(2, value[2]), 11);
}

inline void Unpack111011(uint32_t packed, const Range3& range, float* values) {
  values[0] = float(range.Value(0, DequantizeUnit(packed >> 21, 11)));
  values[1] = float(range.Value(1, DequantizeUnit(packed >> 11 & 0x3ff, 10)));
  values[2] = float(range.Value(2, DequantizeUnit(packed & 0x7ff, 11)));
}

inline uint32_t PackRotation(const Quaternion<float>& quat) {
  const SmallestThree three = WithoutLargest({quat.w, quat.x, quat.y, quat.z});
  uint32_t packed = uint32_t(three.largest);
  for (const double value : three.others) packed = packed << 10 | QuantizeUnit(value * kSqrtHalf + 0.5, 10);
  return packed;
}

inline void UnpackRotation(uint32_t packed, float* quat) {
  SmallestThree three;
  three.largest = int(packed >> 30);
  for (int i = 0; i < 3; ++i) {
    const uint32_t level = packed >> (20 - 10 * i) & 0x3ff;
    three.others[size_t(i)] = (DequantizeUnit(level, 10) - 0.5) / kSqrtHalf;
  }
  const std::array<double, 4> components = WithLargest(three);
  std::copy(components.begin(), components.end(), quat);
}

inline uint32_t PackColor(const Range3& range, const Triple& color, double opacity) {
  uint32_t packed = 0;
  for (int channel = 0; channel < 3; ++channel) {
    packed = packed << 8 | QuantizeUnit(range.Unit(channel, color[size_t(channel)]), 8);
  }
  return packed << 8 | QuantizeUnit(opacity, 8);
}

// The format has no zero: the nearest are 1/64 below and above it. They alternate, so that errors of neighbours cancel
// and a scene without view-dependent colour does not become brighter.
inline uint8_t PackSh(float value, bool low_zero) {
  if (value == 0) return low_zero ? 127 : 128;
  return uint8_t(std::clamp(std::trunc((value / kShRange + 0.5) * 256), 0.0, 255.0));
}

// The ends stand for the ends of the range, the others for the middle of their step.
inline float UnpackSh(uint8_t byte) {
  const double unit = byte == 0 ? 0 : byte == 255 ? 1 : (byte + 0.5) / 256;
  return float((unit - 0.5) * kShRange);
}

}  // namespace splat::formats
