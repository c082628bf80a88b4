// This header finds points whose coordinates a file of floats has rounded.
#pragma once

#include <vector>

#include "core/vec.h"

namespace splat::data {

// How far apart the numbers are that floats hold where the points lie, in units of the points, if all points are
// such numbers and that is more than a ten-thousandth of how far the points lie from their middle (the median); else
// 0. Coordinates of a map are large, and a float holds seven digits of them.
double RoundingOfFloats(const std::vector<Vec3<double>>& points);

}  // namespace splat::data
