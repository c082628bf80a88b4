// This header makes bytes of the colours of points, which programs write as bytes, as 16 bits, or as fractions.
#pragma once

#include <cstdint>

namespace splat::data {

// The byte of full light: what a number of a colour is multiplied by and divided by ColorRange::FullLight
// (core/color_range.h).
constexpr double kFullByte = 255;

// Returns a colour of 0..255 as a byte, rounded; values outside are clamped, and NaN is 0.
uint8_t ByteColor(double value);

}  // namespace splat::data
