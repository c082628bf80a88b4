// This header has the transfer function of sRGB (IEC 61966-2-1) in both directions, on values in 0..1.
#pragma once

#include <cmath>

namespace splat {

inline double SrgbToLinear(double srgb) {
  return srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4);
}
inline double LinearToSrgb(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

}  // namespace splat
