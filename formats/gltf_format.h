// This header writes and reads binary glTF 2.0 (.glb) with the extension KHR_gaussian_splatting: floats, lossless but
// for rounding of the activation. The source is Khronos' specification of the extension, as ratified; docs/formats.md
// describes the file.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// Whether the bytes begin as those of a binary glTF do.
bool IsGlb(std::string_view bytes);
// Whether they are the JSON of a glTF with meshes.
bool IsGltf(std::string_view bytes);

// Writes one mesh of points with the attributes of the extension: rotations as x, y, z, w, scales linear, opacities
// 0..1, SH coefficients as they are, and COLOR_0, linear and 8 bits, for viewers without the extension. The data are
// turned into glTF's frame (RUB, y up). Background and antialiasing, for which the extension has no place, are extras
// of the scene. Throws splat::Error if the file would pass 4 GiB or there is no splat, which glTF cannot say.
void WriteGlb(std::ostream& out, const SplatSelection& splats, const ExportOptions& options);

// Reads all primitives with the extension into one cloud, where the nodes of the scene put them, turned from RUB into
// the scene's frame. A .gltf may have its buffers in data: URIs or in files of its folder. Attributes may be floats or,
// as the extension allows, integers; SH of a lower degree is filled up with zeros. Primitives compressed by
// KHR_gaussian_splatting_compression_spz_2 are read through ReadSpz; the scene is antialiased if one of them or the
// extras say so. Throws splat::Error naming file and attribute.
SplatCloud ReadGlb(std::string_view bytes, const std::string& path, const ImportOptions& options);

}  // namespace splat::formats
