// Decides where the poses of a photo folder come from (--poses auto|sfm|PATH) and reads them.
#pragma once

#include <optional>
#include <string>

#include "data/scene_description.h"

namespace splat::data {

// What lies with the photos, in this order: a COLMAP model in sparse/0, sparse, colmap/sparse/0 or distorted/sparse/0 of the folder or its
// parent (the one with the most images if sparse/ holds several numbered ones); transforms.json; transforms_train.json,
// in the folder or its parent. Returns the path of the model folder or of the json; nothing where SfM must run.
std::optional<std::string> FindPoses(const std::string& image_folder);

// The folder that the photos themselves lie in: `folder`, or its child "images" or "input" if `folder` holds no photos itself.
// Throws splat::Error if there are none ("holds no photos").
std::string ResolveImageFolder(const std::string& folder);

// Reads a COLMAP model folder or a transforms.json. Photos are looked for in `image_folder`, by name; where the names in
// the model do not exist but the folder has the same number of photos, they are paired in sorted order with a warning
// (LLFF's images_4). Photos that are missing are left out with a warning naming them; if none is left: splat::Error.
SceneDescription ReadPoses(const std::string& path, const std::string& image_folder);

}  // namespace splat::data
