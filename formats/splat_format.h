// This header writes and reads the .splat file of antimatter15's viewer: 32 bytes a splat, no header, no higher SH.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// Writes records of float x, y, z; float scale x, y, z (linear, not logarithms); bytes red, green, blue, opacity
// (0..255); bytes w, x, y, z of the quaternion (128 q + 128). The most important splats come first, for viewers that
// draw while they load.
void WriteSplatFile(std::ostream& out, const SplatSelection& splats, const ExportOptions& options);

// Throws splat::Error if the size is not a multiple of 32 bytes.
SplatCloud ReadSplatFile(std::string_view bytes, const std::string& path, const ImportOptions& options);

}  // namespace splat::formats
