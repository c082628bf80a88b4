// Tests write, read and resize this smooth image.
#pragma once

#include "core/image.h"

namespace splat::testing {

// Returns an image that is smooth in x and y and different in each channel; it has 3 or 4.
inline Image8 Gradient(int width, int height, int channels) {
  Image8 image(width, height, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int values[4] = {x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height), 40 + x % 200};
      for (int c = 0; c < channels; ++c) image.At(x, y)[c] = uint8_t(values[c]);
    }
  }
  return image;
}

}  // namespace splat::testing
