// Owning, row-major, interleaved images.
#pragma once

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

}  // namespace splat
