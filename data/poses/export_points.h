// This header finds and reads the point cloud that lies beside exported cameras.
#pragma once

#include <string>
#include <vector>

#include "data/poses/scene_description.h"

namespace splat::data {

// Whether a file is of points, by its name: .ply, or one of those that are not read (.las, .laz, .e57, .xyz, .pts,
// .pcd).
bool IsPointFile(const std::string& path);

// The files of points in the first two of `folders` that are not read, with what to do: "p.las (points, not read;
// ...)".
std::vector<std::string> UnreadPoints(const std::vector<std::string>& folders);

// Adds the points of a PLY in the folder of `cameras_path` to a scene that has photos: that with the name of the file
// of cameras, else points3D.ply, sparse_pc.ply, pointcloud.ply or points.ply, else the only one there that is not a
// scene of splats. Points that hardly any camera has in view are in another coordinate system and are left out. A
// warning says what was left out, or that there are no points.
void AddExportedPoints(const std::string& cameras_path, SceneDescription& scene);

}  // namespace splat::data
