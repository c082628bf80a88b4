// This header says where views see the points of structure from motion, with the distortion of the lens removed.
#pragma once

#include <vector>

#include "data/poses/scene_description.h"

namespace splat::data {

// Returns the observations of a photo as x / z and y / z of their rays, without those for which its lens has no ray, or
// one more than 60 degrees off the axis, which no undistorted photo shows.
std::vector<Observation> RaysOfObservations(const PosedPhoto& photo);

}  // namespace splat::data
