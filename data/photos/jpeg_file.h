// JPEG files are read by libjpeg: OpenCV lets it print on the user's terminal, and does not say how many rows there
// are, nor whether the data are damaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/image.h"

namespace splat::data {

struct DecodedJpeg {
  Image8 image;  // 3 channels
  int rows = 0;  // that count; below them the last of these is repeated
  // This is the place, in bytes, from which the data are not those of an image. If not all rows count, the rows before
  // that place do; a file of several scans still has all rows, some of which are wrong.
  std::optional<size_t> damaged_from;
};

// Decodes grey, YCbCr, RGB, and CMYK and YCCK as Adobe stores them, inverted. A sequential file may end early. Throws
// splat::Error, which begins with `path`, if there is no whole row, or for kinds that cannot be read. `shrink`, one of
// 1, 2, 4 and 8, is what both sides are divided by, rounded up: pixels are averaged before they are decoded, which is
// fast.
DecodedJpeg DecodeJpeg(const std::string& path, const uint8_t* bytes, size_t size, int shrink = 1);

}  // namespace splat::data
