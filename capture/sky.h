// The sky is what is seen between and above the things of a scene that is not closed; it has no distance.
#pragma once

#include <cstdint>

#include "core/vec.h"

namespace splat::capture {

// Linear radiance that comes from a direction (world frame, z up, any length): blue above, light towards the horizon
// and below it, with clouds that differ from seed to seed. It is the same from everywhere, as if infinitely far away.
Vec3<double> SkyRadiance(const Vec3<double>& direction, uint32_t seed);

}  // namespace splat::capture
