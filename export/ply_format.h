// The Inria splat PLY, both directions: the format that every viewer and editor of splats reads.
#pragma once

#include <cstdint>
#include <string>

#include "rasterizer/splat_model.h"

namespace splat::exporters {

// Writes one row of 32-bit floats per splat, the values as they are stored in the model: x y z, nx ny nz (zero),
// f_dc_0..2, f_rest_* (channel-major: all coefficients of red first), opacity (logit), scale_0..2 (logarithm), rot_0..3
// (w first, normalised). Splats with a value that is not finite or a zero quaternion are left out. The file appears
// whole or not at all. Returns the number of splats written. Throws splat::Error.
int64_t WriteSplatPly(const std::string& path, const SplatModel& model);

// Reads any PLY of that layout, ascii or binary, columns in any order, normals and further columns ignored; the number
// of f_rest columns (0, 9, 24 or 45) gives the SH degree. Splats with a value that is not a number, an infinite
// position, colour or quaternion, or a zero quaternion are left out; infinite opacity logits and log scales (exactly 0
// or 1 when activated) are replaced by large finite ones. The result lives on the CPU and has no gradients. Throws
// splat::Error naming file and the missing column; compressed PLYs are refused by name with advice.
SplatModel ReadSplatPly(const std::string& path);

}  // namespace splat::exporters
