// Points that are too few to start a training from alone.
#pragma once

#include <string>
#include <vector>

#include "core/vec.h"

namespace splat::data {

// Says why the points of an aligned scene say nothing of its shape: they are in few places, or on one line. Empty where
// they do. There must be at least one.
std::string WhyFewPoints(const std::vector<Vec3<double>>& points);

}  // namespace splat::data
