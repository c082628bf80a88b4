// This header reduces a point cloud to one in which each place of a surface occurs once.
#pragma once

#include "data/poses/point_cloud.h"

namespace splat::train {

// Returns the points without copies, in the order of their first appearance, each where its first copy is and with the
// mean colour of its copies: a splat more in the same place adds nothing, and small distances would say that the splats
// are tiny. Copies are points in the same place, or, in a cloud that has many of these, points much nearer to each
// other than the cloud's own spacing; of one point there may be some hundred of them.
data::PointCloud DistinctPoints(const data::PointCloud& cloud, double extent);

}  // namespace splat::train
