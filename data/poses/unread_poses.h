// This header names files that look like poses and are not read.
#pragma once

#include <string>
#include <vector>

namespace splat::data {

// Returns texts that name what lies in the first two of `folders`, the photos' own and its parent, and say what to do:
// models of COLMAP that lack their cameras or their images, in all places in which models are looked for;
// transforms_all.json, unless it is `taken`, the file or folder whose poses are used; and VisualSFM's .nvm.
std::vector<std::string> UnreadPoses(const std::vector<std::string>& folders, const std::string& taken = "");

}  // namespace splat::data
