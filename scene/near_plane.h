// The near plane is where a camera begins to see a scene; this header finds it for scenes of any unit.
#pragma once

#include <vector>

#include "core/camera.h"

namespace splat {

class SplatSelection;

// Anything nearer than this share of the usual distance from the cameras to what they look at is a floater in front of
// the lens.
constexpr double kNearShare = 0.05;

// Returns the near plane for cameras whose median distance from what they look at is `distance`: kNearShare of it, and
// less where the points of the scene lie nearer to the cameras: half of the depth below which 5 % of what they see
// lies.
double NearPlaneAt(double distance, const std::vector<Camera>& cameras, const std::vector<Vec3<double>>& points);

// Returns the near plane for views of a scene if no file gives it, in the scene's units: kNearShare of the median over
// the cameras of the MedianDepth (scene/median_depth.h). Where the cameras see nothing, their distance from the middle
// of most splats stands in. There must be a camera and a splat.
double NearPlaneFor(const std::vector<Camera>& cameras, const SplatSelection& splats);

}  // namespace splat
