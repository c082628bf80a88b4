// Decides where the poses of a photo folder come from (--poses auto|sfm|PATH) and reads them.
#pragma once

#include <optional>
#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Finds the poses that lie with the photos, and looks in this order: a COLMAP model in sparse/0, sparse,
// colmap/sparse/0 or distorted/sparse/0 of the folder or its parent (the one with the most images if a sparse/ holds
// several); transforms.json; transforms_train.json, in the folder or its parent. Returns the path of the model folder
// or of the json; nothing where SfM must run. Throws splat::Error where one of several models in a sparse/ cannot be
// read.
std::optional<std::string> FindPoses(const std::string& image_folder);

// Returns the folder that the photos themselves lie in: `folder`, or its child "images" or "input" if no photo lies
// directly in `folder` (failing those, `folder` again if photos lie in other subfolders). Throws splat::Error if there
// are none ("holds no photos").
std::string ResolveImageFolder(const std::string& folder);

// Reads a COLMAP model folder, a transforms.json, or whichever of them FindPoses would take in the folder `path`. Each
// photo is looked for in `image_folder` by its name, then by the name without its folders (if that is unambiguous),
// then where the source itself says. If none exists but the folder has the same number of photos, they are paired in
// sorted order with a warning (LLFF's images_4). Photos that are missing are left out with a warning naming them; if
// none is left: splat::Error.
SceneDescription ReadPoses(const std::string& path, const std::string& image_folder);

}  // namespace splat::data
