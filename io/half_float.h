// Floats of 16 bits stand in files of scenes.
#pragma once

#include <cmath>
#include <cstdint>

namespace splat {

// The number that a 16-bit float stands for: a sign, 5 bits of exponent, 10 of fraction.
inline float HalfToFloat(uint16_t half) {
  const int exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
  const double magnitude = exponent == 0    ? std::ldexp(fraction, -24)
                           : exponent == 31 ? (fraction != 0 ? double(NAN) : double(INFINITY))
                                            : std::ldexp(1024 + fraction, exponent - 25);
  return float((half & 0x8000) != 0 ? -magnitude : magnitude);
}

}  // namespace splat
