// Writes a COLMAP sparse model as text, which COLMAP and this project's reader take.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Writes cameras.txt, images.txt and points3D.txt to a folder, which is made if need be: photos in their order, those
// with equal intrinsics sharing a camera, and points without tracks. The error of the points is
// scene.reprojection_error_px as it stands. Numbers have all their digits. Each file appears whole or not at all.
// Throws splat::Error naming the file, and for intrinsics of photogrammetry's model that are none of COLMAP's.
void WriteColmapModel(const std::string& folder, const SceneDescription& scene);

}  // namespace splat::data
