// This header reads the colours of points, which programs write as bytes, as 16 bits, or as fractions.
#pragma once

#include <cstdint>

namespace splat::data {

// Returns the factor that turns numbers of colours, the largest of which is `largest`, into 0..255. Numbers that may
// have fractions are of 0..1 where none exceeds one. Whole numbers are of 16 bits where one exceeds a byte.
double ByteColorScale(double largest, bool may_have_fractions);

// Returns a colour of 0..255 as a byte, rounded; values outside are clamped, and NaN is 0.
uint8_t ByteColor(double value);

}  // namespace splat::data
