// Metrics are tried on this pair of images, which is defined in whole numbers, so that
// tests/quality/reference_metrics.py draws the same bytes for other programs.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/image.h"

namespace splat::testing {

struct ImagePair {
  Image8 photo, render;
};

inline int PatternValue(int x, int y, int channel) {
  return (3 * x + 5 * y * (channel + 1) + (x / 8 + y / 8) % 2 * 60 + (x * x + 7 * y * channel) % 31) % 256;
}

// Stripes that wrap around, a chequered part and small detail. The render is one pixel off to the side, flatter, and
// noisy.
inline ImagePair PatternPair(int width, int height) {
  ImagePair pair = {Image8(width, height, 3), Image8(width, height, 3)};
  uint32_t state = 12345;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int channel = 0; channel < 3; ++channel) {
        state = state * 1664525u + 1013904223u;
        const int noise = int((state >> 24) % 41) - 20;
        const int value = PatternValue(x + 1, y, channel) * (9 - channel) / 10 + 6 * channel + noise;
        pair.photo.At(x, y)[channel] = uint8_t(PatternValue(x, y, channel));
        pair.render.At(x, y)[channel] = uint8_t(std::clamp(value, 0, 255));
      }
    }
  }
  return pair;
}

}  // namespace splat::testing
