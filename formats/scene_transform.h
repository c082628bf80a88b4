// scene_transform.json: the way from the frame of a scene back to that of its poses.
#pragma once

#include <string>

#include "core/rigid3.h"

namespace splat::formats {

// Writes source_from_scene: x_source = source_from_scene x_scene, with lengths in the units of either frame. `source`
// tells people what the poses were read from. The file appears whole or not at all. Throws splat::Error.
void WriteSceneTransform(const std::string& path, const Similarity3& source_from_scene, const std::string& source);

// Reads source_from_scene of such a file. Throws splat::Error naming the file.
Similarity3 ReadSceneTransform(const std::string& path);

}  // namespace splat::formats
