// TIFF files are read by libtiff: OpenCV applies their orientation, multiplies by alpha twice and reads some layouts
// wrong.
#pragma once

#include <istream>
#include <optional>
#include <string>

#include "core/image.h"
#include "data/photos/photo_header.h"

namespace splat::data {

// Reads size and orientation of the first image in a TIFF or BigTIFF, and the reason why DecodeTiff will refuse it as
// far as the tags tell. Returns nothing if it is broken.
std::optional<PhotoHeader> ReadTiffHeader(std::istream& stream);

// Decodes the first image to 3 channels, or 4 if it has alpha, which is straight in the result. Pixels are in the
// stored order. A further sample that the file does not explain is left out. Throws splat::Error, which begins with
// `path`, for damaged data, for layouts that cannot be read (floats, signed numbers, 32 bits, 16-bit CMYK) and for
// colours whose sRGB is not certain (CIE L*a*b*, LogLuv, raw data).
Image8 DecodeTiff(const std::string& path, std::istream& stream);

}  // namespace splat::data
