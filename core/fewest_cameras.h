// Where most cameras stand or look can be told only if there are enough of them.
#pragma once

#include <cstddef>

namespace splat {

// Fewer cameras have no middle from which one could be astray, no common point of attention and no circle around it.
constexpr size_t kFewestCameras = 4;

}  // namespace splat
