// Reads transforms.json in both dialects: nerfstudio / instant-ngp (fl_x ... k1 ..., per file or per frame) and
// Blender's NeRF-synthetic (camera_angle_x, transforms_train.json with transforms_test.json). OpenGL camera axes are
// turned to ours.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Reads `json_path`. If its name is transforms_train.json and transforms_test.json lies beside it, both are read and
// the split is kept. Paths without extension get .png, .jpg, ... whichever exists. Where the size is not written it is
// taken from the first photo's header. A "ply_file_path" (nerfstudio) gives the points, if it exists.
// Throws splat::Error naming file and entry.
SceneDescription ReadTransforms(const std::string& json_path);

}  // namespace splat::data
