// What looks like poses and is none that can be read here.
#pragma once

#include <string>
#include <vector>

namespace splat::data {

// Names models of COLMAP that lack a file in the first two folders, the photos' own and its parent, and says what to
// do; empty where there are none.
// transforms_all.json and VisualSFM's .nvm there are named, too.
std::string DescribeUnreadPoses(const std::vector<std::string>& folders);

// Of these the transforms_all.json and .nvm alone, which lie beside poses that are read: one text each, with what to
// do.
std::vector<std::string> UnreadFiles(const std::vector<std::string>& folders);

}  // namespace splat::data
