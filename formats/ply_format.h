// This header writes and reads (in ply_reader.cpp) the Inria splat PLY, the format that every viewer and editor of
// splats reads. Its layout is the output of the trainer of Kerbl et al. 2023, described in docs/formats.md.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// Whether the bytes begin as those of a PLY do, of splats or of anything else.
bool IsPly(std::string_view bytes);

// Streams one row of 32-bit floats per splat, with the values as they are stored: x y z, nx ny nz (zero), f_dc_0..2,
// f_rest_* (channel-major: all coefficients of red first), opacity (logit), scale_0..2 (logarithm), rot_0..3 (w first,
// normalised).
void WriteSplatPly(std::ostream& out, const SplatSelection& splats, const ExportOptions& options);

// Reads a splat PLY of any dialect that docs/formats.md lists: ascii or binary, columns in any order and of any type,
// elements beside `vertex`, colours instead of f_dc, two scales (flat splats) or one, SH of any degree, no rotations.
// The comments "SplatRenderMode: mip" (Brush, splat-transform) and "antialiased 1" (Postshot) set `antialiasing`, ours
// "Background: r g b" the background. A note of the cloud says what had to be assumed or cut. Throws splat::Error
// naming file and column.
SplatCloud ReadSplatPly(std::string_view bytes, const std::string& path, const ImportOptions& options);

// Returns "default" or "mip", the value of the comment SplatRenderMode.
std::string RenderModeComment(Antialiasing mode);
// Returns the mode that comments of a PLY name, and kNone if none does.
Antialiasing AntialiasingOf(const std::vector<std::string>& comments);

}  // namespace splat::formats
