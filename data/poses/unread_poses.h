// What looks like poses and is none that can be read here.
#pragma once

#include <string>
#include <vector>

namespace splat::data {

// Names models of COLMAP that lack a file in the first two folders, the photos' own and its parent, and says what to
// do; empty where there are none.
std::string DescribeUnreadPoses(const std::vector<std::string>& folders);

}  // namespace splat::data
