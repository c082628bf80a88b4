// The file photo_colors.json lies beside a scene and says how its photos differ in colour, which the scene itself does
// not hold.
#pragma once

#include <string>

#include "scene/photo_colors.h"

namespace splat::formats {

// The file appears whole or not at all. Throws splat::Error.
void WritePhotoColors(const std::string& path, const PhotoColors& colors);

// Throws splat::Error naming the file, and the photo where one is at fault.
PhotoColors ReadPhotoColors(const std::string& path);

}  // namespace splat::formats
