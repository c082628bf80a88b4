// This header tells the sizes of photos that a transforms.json writes, or does not write. It is used by
// transforms_reader.cpp alone.
#pragma once

#include <string>
#include <vector>

#include "data/photos/photo_files.h"
#include "io/json_file.h"

namespace splat::data {

// Whether the file or a frame says the side `key`, "w" or "h", of its photos; what is below 1 px says none.
bool SaysSide(const nlohmann::json& object, const char* key);

// Adds one warning of sides that are no size of a photo, for which the photos' own stand in.
void WarnOfSides(const nlohmann::json& root, const std::string& json_path, std::vector<std::string>& warnings);

// Returns the sizes of the photos at `paths`, or 0 x 0 where none of them can be read: that of the photo itself, else
// that of the first one that is there. `image_folder`, if given, is searched for photos if none of the paths is there.
std::vector<PhotoInfo> SizesOfPhotos(std::vector<std::string> paths, const std::string& image_folder);

}  // namespace splat::data
