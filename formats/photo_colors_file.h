// photo_colors.json: what the photos of a scene differ in, beside the scene, which does not have it.
#pragma once

#include <string>

#include "scene/photo_colors.h"

namespace splat::formats {

// The file appears whole or not at all. Throws splat::Error.
void WritePhotoColors(const std::string& path, const PhotoColors& colors);

// Throws splat::Error naming the file, and the photo where one is at fault.
PhotoColors ReadPhotoColors(const std::string& path);

}  // namespace splat::formats
