// Stray cameras stand absurdly far from all others: their poses are wrong, and would make the scene small and its
// extent large.
#pragma once

#include <cstddef>
#include <vector>

#include "core/vec.h"

namespace splat::data {

// Cameras more than so many times as far from the middle of all as the median one are astray.
constexpr int kStrayDistance = 50;

// Returns the indices of the centres that are astray. They are at most a tenth of the cameras, for more of them are a
// part of the scene; of less than 10 cameras one may be. Nothing is returned where most cameras stand in one place.
std::vector<size_t> StrayCameras(const std::vector<Vec3<double>>& centers);

}  // namespace splat::data
