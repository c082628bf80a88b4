// This reader takes LLFF's poses_bounds.npy: a row of 17 numbers for each photo, without the photos' names.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Reads the poses in the order of the rows, which is that of the photos' sorted names (SceneDescription::in_order), and
// names them pose_000, pose_001, ... Each row has a matrix of 3 x 5, row by row: the camera's axes down, right and
// backwards in the world, its centre, and the height, width and focal length (px) of the photo before any scaling. The
// least and the largest depth that follow are not used. The principal point is the middle of the photo. There are no
// points. Throws splat::Error naming file and row.
SceneDescription ReadLlff(const std::string& path);

}  // namespace splat::data
