// The Inria splat PLY, both directions (docs/formats.md; ../shared/docs/formats.md section 3.1).
#pragma once

#include <string>

#include "rasterizer/splat_model.h"

namespace splat::exporters {

// Writes the raw stored values: x y z nx ny nz f_dc_* f_rest_* (channel-major) opacity scale_* rot_* (w first, normalised).
// Splats that are not finite or have a zero quaternion are left out. Atomic. Throws splat::Error.
void WriteSplatPly(const std::string& path, const SplatModel& model);

// Reads any PLY of that layout (normals optional, SH degree 0 to 3 from the number of f_rest columns, ascii or binary). Throws splat::Error naming file
// and the missing column; compressed PLYs are refused by name with advice.
SplatModel ReadSplatPly(const std::string& path);

}  // namespace splat::exporters
