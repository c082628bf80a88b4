// PNG files are read by libpng: OpenCV drops the colour that a file declares to be transparent.
#pragma once

#include <istream>
#include <string>

#include "core/image.h"

namespace splat::data {

// Decodes to 3 channels, or 4 if the file has transparency of any kind. Gamma and colour profiles are not applied.
// Throws splat::Error, which begins with `path`, for broken data.
Image8 DecodePng(const std::string& path, std::istream& stream);

}  // namespace splat::data
