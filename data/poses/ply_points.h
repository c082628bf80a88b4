// This header reads the points of a PLY that lies with poses.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Adds the vertices of the PLY at `path` to scene.points: x, y, z, and the colours where it has them (grey with a
// warning where not): red, green, blue, also diffuse_red ... or r, g, b, as bytes, 16 bits or fractions
// (data/poses/point_colors.h), or the f_dc of a scene of splats. Points that are not finite are left out with a
// warning; if the file is cut off, the points that are whole are taken, with another warning. Throws splat::Error
// naming the file.
void AddPlyPoints(const std::string& path, SceneDescription& scene);

// Adds the points as AddPlyPoints does, for poses that are of use without them: a file that cannot be read gives a
// warning.
void TryAddPlyPoints(const std::string& path, SceneDescription& scene);

}  // namespace splat::data
