// This header writes and reads PlayCanvas' compressed PLY: 16 bytes a splat and one for each higher SH coefficient,
// quantised within the bounds of chunks of 256 neighbours. The source of the layout is PlayCanvas' splat-transform 3.7;
// docs/formats.md describes it.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// Splats beyond `few_from` get chunks of their own, if they fill one.
constexpr FarLimits kCompressedPlyFar = {1000, 16, 255};

// Whether the bytes begin as a PLY with the element `chunk` does.
bool IsCompressedPly(std::string_view bytes);

// Writes the splats in Morton order. The error of each value is at most half a step: positions and log scales 1/2047 of
// the chunk's extent in x and z, 1/1023 in y; colours 1/255 of the chunk's range; opacity 1/255; SH 1/32 (a whole step,
// as the format rounds down), clamped to +-4; rotations about 0.2 degrees. Log scales are clamped to +-20.
void WriteCompressedPly(std::ostream& out, const SplatSelection& splats, const ExportOptions& options);

// Throws splat::Error naming file and entry.
SplatCloud ReadCompressedPly(std::string_view bytes, const std::string& path, const ImportOptions& options);

}  // namespace splat::formats
