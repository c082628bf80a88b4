// This header finds the sizes of photos for sources of poses that do not write them.
#pragma once

#include <string>
#include <vector>

#include "data/photos/photo_files.h"

namespace splat::data {

// Returns the sizes of the photos in `folder` by the names that a source gives them. A photo without a file has the
// size of the first one that has a file; zero if no photo has one.
std::vector<PhotoInfo> SizesOfNamedPhotos(const std::vector<std::string>& names, const std::string& folder);

}  // namespace splat::data
