// The golden angle spreads directions evenly around an axis.
#pragma once

#include "core/constants.h"

namespace splat {

// pi (3 - sqrt(5)), rad. Successive multiples lie far apart and all around; points on the sphere at these angles and
// even heights are a Fibonacci lattice.
constexpr double kGoldenAngle = kPi * (3 - 2.2360679774997896964);

}  // namespace splat
