// This header tells whether the points are too few to start a training from them alone.
#pragma once

#include <string>
#include <vector>

#include "core/rigid3.h"

namespace splat::data {

// Says why the points of an aligned scene tell nothing about its shape: they are in few places, on one line, or exactly
// on one plane that is not what the cameras look at: some stand behind it, or their axes meet off it. Returns an empty
// text if they do tell it; random points beside a ground that is truly flat would only spoil it. Points a thousand
// times as far from the middle as most do not count. There must be at least one point.
std::string WhyFewPoints(const std::vector<Vec3<double>>& points, const std::vector<Rigid3>& cameras_from_scene);

}  // namespace splat::data
