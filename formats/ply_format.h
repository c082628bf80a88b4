// The Inria splat PLY, both directions: the format that every viewer and editor of splats reads. Layout: the output of
// the trainer of Kerbl et al. 2023, described in docs/formats.md.
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

// Reads any PLY of that layout, ascii or binary, with its columns in any order. Normals and further columns are
// ignored; the number of f_rest columns (0, 9, 24 or 45) gives the SH degree. The comments "SplatRenderMode: mip"
// (Brush, splat-transform) and "antialiased 1" (Postshot) set `antialiasing`, ours "Background: r g b" the background.
// Throws splat::Error naming file and the missing column.
SplatCloud ReadSplatPly(std::string_view bytes, const std::string& path, const ImportOptions& options);

// "default" or "mip", as the comment SplatRenderMode has it.
std::string RenderModeComment(Antialiasing mode);
// The mode that comments of a PLY name, and kNone if none does.
Antialiasing AntialiasingOf(const std::vector<std::string>& comments);

}  // namespace splat::formats
