// These images own their pixels, which are row-major and interleaved.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace splat {

template <typename T>
struct ImageOf {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<T> pixels;  // [height, width, channels]

  ImageOf() = default;
  ImageOf(int w, int h, int c) : width(w), height(h), channels(c), pixels(size_t(w) * size_t(h) * size_t(c)) {}

  T* At(int x, int y) { return pixels.data() + (size_t(y) * width + x) * channels; }
  const T* At(int x, int y) const { return pixels.data() + (size_t(y) * width + x) * channels; }
};

using Image8 = ImageOf<uint8_t>;  // display-referred sRGB, 0..255, channels in R, G, B(, A) order
using ImageF = ImageOf<float>;    // the same values / 255

// Returns the image as a viewer shows it: values are clamped to 0..1 and rounded to 8 bits, and NaN becomes 0. `values`
// is [height, width, channels].
inline Image8 RoundedTo8Bits(const float* values, int width, int height, int channels) {
  Image8 rounded(width, height, channels);
  for (uint8_t& pixel : rounded.pixels) {
    const float value = *values++;
    pixel = uint8_t(std::lround((value > 0 ? (value < 1 ? value : 1.0f) : 0.0f) * 255.0f));
  }
  return rounded;
}

}  // namespace splat
