// This reader takes Bundler's files (bundle.out with list.txt), which Metashape, RealityCapture and VisualSFM export,
// too.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Whether the file begins as Bundler's do.
bool IsBundlerFile(const std::string& path);

// Reads the photos and the points. The names are those of the list beside the file: NAME.list.txt, NAME.out.list.txt,
// NAME_list.txt or list.txt, which may lie beside a folder "bundle", in any case, one photo a line, in the order of the
// cameras. The size of a photo is that of the file in `image_folder`, or beside the list if that is empty. Cameras
// without a focal length were not placed and are left out with a warning. Throws splat::Error naming file and entry.
SceneDescription ReadBundler(const std::string& path, const std::string& image_folder);

}  // namespace splat::data
