// This writer makes a COLMAP sparse model, which COLMAP and this project's reader take.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Writes cameras.bin, images.bin and points3D.bin to a folder, which is made if need be: photos in their order, those
// with equal intrinsics sharing a camera, and points without tracks. The error of the points is
// scene.reprojection_error_px as it stands. Each file appears whole or not at all. Throws splat::Error naming the file,
// or as AsColmapCamera (data/poses/colmap_cameras.h) does.
void WriteColmapModel(const std::string& folder, const SceneDescription& scene);

// Writes the same model as cameras.txt, images.txt and points3D.txt, which people and scripts can read. COLMAP reads
// photo names from these files up to the first blank only.
void WriteColmapText(const std::string& folder, const SceneDescription& scene);

}  // namespace splat::data
