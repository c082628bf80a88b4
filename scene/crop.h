// This header cuts a scene to an area, and leaves out what is too far away from the rest of it.
#pragma once

#include <cstdint>

#include "scene/extent.h"
#include "scene/splat_selection.h"

namespace splat {

// A box in the scene's frame and units, its border included.
struct Box {
  Vec3<double> low, high;
};

// Keeps the splats whose mean lies inside.
void CropToBox(SplatSelection& splats, const Box& box);
void CropToSphere(SplatSelection& splats, const Sphere& sphere);

// These limits say how far out a splat may lie, in radii of SphereAroundMost from its centre, for formats that share
// steps among splats.
struct FarLimits {
  double most = 1000;   // beyond it none is kept
  double few_from = 0;  // beyond it a group of at most `few` is not kept, either; 0: no such limit
  int64_t few = 0;      // and no more than strays are (kLeastSky in scene/sky_depth.h)
};
// Returns how many splats it leaves out. Of fewer than 20 splats it keeps all.
int64_t LeaveOutFar(SplatSelection& splats, const FarLimits& limits);

}  // namespace splat
