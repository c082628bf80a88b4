// This header gives COLMAP the photos in a form that it can read.
#pragma once

#include <string>
#include <vector>

#include "data/sfm/camera_groups.h"
#include "data/sfm/sfm_workspace.h"

namespace splat::data {

// Returns `image_folder` where COLMAP can read all of the photos. If some have more than 8 bits a sample, which COLMAP
// silently skips, returns a folder in the workspace with an 8-bit copy (PNG) of each of these and a link to each of the
// others, under the same names. Copies of an earlier run are kept unless their photo is newer. Throws splat::Error for
// a photo that cannot be decoded and a folder that cannot be written.
std::string FolderForColmap(const std::string& image_folder, const std::vector<SfmPhoto>& photos,
                            const SfmWorkspace& workspace);

}  // namespace splat::data
