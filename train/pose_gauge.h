// The gauge is how cameras can move without changing any image: all of them together, and the scene with them. It is
// taken out of their motions, so that the scene stays where the poses of the source have it (docs/math.md, section 14).
#pragma once

#include <vector>

#include "core/rigid3.h"
#include "core/twist.h"

namespace splat::train {

// Takes out of the motions the small similarity transformation that they have in common: the one that takes the cameras
// of `poses` nearest to the moved ones, by the sum of the squares of angles in radians and of distances in units of
// `scene`. `motions[i]` moves the camera with the camera_from_world `poses[i]` (core/twist.h). Small motions are left
// with nothing in common except for terms of fourth order. If the cameras do not determine a similarity, such as a
// single camera or cameras at one place, the motions are not changed.
void CenterMotions(const std::vector<Rigid3>& poses, double scene, std::vector<Twist>& motions);

}  // namespace splat::train
