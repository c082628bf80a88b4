// This header tells how wide splats have to be to cover the surface that points lie on.
#pragma once

#include <vector>

#include "core/vec.h"

namespace splat::train {

// Returns for each point the mean distance to its three nearest neighbours (fewer if there are fewer points; 0 for a
// lone point), in the points' unit. Where the cloud is one of near-copies, as of overlapping scans and of
// reconstructions that were joined, the nearest neighbours tell the noise and not how far apart the places are. There
// it is the mean distance to the neighbours m, 2 m and 3 m, for m near-copies of each point, of up to 16.
std::vector<double> PointSpacing(const std::vector<Vec3<double>>& points);

}  // namespace splat::train
