// This reader takes transforms.json in both dialects: nerfstudio / instant-ngp (fl_x ... k1 ..., per file or per frame)
// and Blender's NeRF-synthetic (camera_angle_x, transforms_train.json with transforms_test.json). OpenGL camera axes
// are turned to ours.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Reads `json_path`. If its name is transforms_train.json and transforms_test.json (or else transforms_val.json) lies
// beside it, both are read and the split is kept; if the latter is damaged, its photos are left out with a warning, and
// there is no split. A split by train_filenames, val_filenames and test_filenames is kept as well; the latter two are
// held out. Paths without extension get .png, .jpg, ... whichever exists. Where the size is not written it is taken
// from the photo's header, and `image_folder` is searched for photos that do not lie where the file says. The points
// are those of "ply_file_path" or else of sparse_pc.ply beside the file, if either exists. A uniform scale is taken off
// the matrices with a warning. Masks are counted but not read, and keys that are not used are named in one warning.
// Throws splat::Error naming file and entry, also for sheared, mirrored and unevenly scaled matrices.
SceneDescription ReadTransforms(const std::string& json_path, const std::string& image_folder = "");

}  // namespace splat::data
