// This header writes and reads Niantic's SPZ: some 25 bytes a splat, streams of quantised values under gzip (versions 2
// and 3) or zstd (version 4). The source is nianticlabs/spz at 21715c3 (July 2026); docs/formats.md has the bytes.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// Whether the bytes begin as those of an SPZ file of any version do: gzip's mark or SPZ's own.
bool IsSpz(std::string_view bytes);

// Writes values in these steps: positions 2^-bits with 12 bits, more in small scenes and fewer where positions would
// not fit into 24 bits; opacity 1/255; colour coefficient 0.026 within +-3.33; log scale 1/16 within -10 ... 5.94;
// rotation 0.17 degrees (3, 4) or up to 4 (2); SH 1/16 (degree 1) and 1/8 within +-1. Values beyond are clamped. Throws
// splat::Error if there is no splat, which viewers refuse, or if a position is beyond 2^23.
void WriteSpz(std::ostream& out, const SplatSelection& splats, const ExportOptions& options);

// Reads the versions 1 to 4, all but the last with or without gzip. `options.spz_frame` is taken for the frame unless
// the file names it in the extension 0xADBE0003. SH of degree 4 is cut to 3. Throws splat::Error naming file and entry.
SplatCloud ReadSpz(std::string_view bytes, const std::string& path, const ImportOptions& options);

}  // namespace splat::formats
