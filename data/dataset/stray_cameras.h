// Stray cameras stand absurdly far from all others: their poses are wrong, and would make the scene small and its
// extent large.
#pragma once

#include <cstddef>
#include <vector>

#include "core/vec.h"

namespace splat::data {

// Cameras are astray if they are more than this many times as far from the middle of all cameras as the median one.
constexpr int kStrayDistance = 50;

// Returns the indices of the centres that are astray. They are at most a tenth of the cameras, because more of them
// would be a part of the scene; of fewer than 10 cameras one may be astray. Returns nothing if most cameras stand in
// one place.
std::vector<size_t> StrayCameras(const std::vector<Vec3<double>>& centers);

}  // namespace splat::data
