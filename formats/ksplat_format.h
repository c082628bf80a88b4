// This header reads the .ksplat file of mkkellogg's GaussianSplats3D (file version 0.1). It does not write it, because
// its viewer is not developed any further. The source of the layout is that viewer's SplatBuffer; docs/formats.md
// describes it.
#pragma once

#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// Reads the compression levels 0 (32-bit floats), 1 (16-bit floats, positions within buckets) and 2 (SH in 8 bits),
// with SH of degree 0 to 2; sections of different degrees are filled up with zeros. Throws splat::Error naming file and
// section.
SplatCloud ReadKsplat(std::string_view bytes, const std::string& path, const ImportOptions& options);

}  // namespace splat::formats
