// This header writes and reads PlayCanvas' SOG, version 2: lossless WebP images of quantised values in one zip archive,
// 12 to 16 bytes a splat. Folders of the same files are read, too. The sources are PlayCanvas' specification and
// splat-transform 3.7; docs/formats.md describes the files.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// Whether the bytes begin as those of a zip archive do.
bool IsSog(std::string_view bytes);

// Writes the splats in Morton order. Positions have 16 bits an axis on a logarithmic scale, rotations 8 bits for each
// of the smallest three, log scales and colours 256 levels each, and opacity 8 bits. Higher SH have a palette of up to
// 65,536 vectors of 256 levels, made by k-means of `options.seed` on `options.executor`, with equal bits for any number
// of threads. `out` must be able to seek. Throws splat::Error if there is no splat or more than the images can hold
// (268 million).
void WriteSog(std::ostream& out, const SplatSelection& splats, const ExportOptions& options);

// Whether the bytes are the meta.json of a SOG scene whose images lie beside it.
bool IsSogMeta(std::string_view bytes);

// Reads an archive whose meta.json lies at its root or in a folder of it, also one that holds nothing but another such
// archive. Throws splat::Error naming file and entry.
SplatCloud ReadSog(std::string_view bytes, const std::string& path, const ImportOptions& options);

// Reads the meta.json `bytes` at `path` and the images beside it; it takes none from another folder. Throws as above.
SplatCloud ReadSogMeta(std::string_view bytes, const std::string& path, const ImportOptions& options);

// Returns how many vectors the palette of higher SH has at most for this number of splats.
int64_t SogPaletteSize(int64_t splats);

}  // namespace splat::formats
