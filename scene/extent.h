// This header measures how wide a scene is, and how wide its splats are.
#pragma once

#include <vector>

#include "core/vec.h"
#include "scene/splat_selection.h"

namespace splat {

// A ball in the scene's frame and units, its border included.
struct Sphere {
  Vec3<double> center = {0, 0, 0};
  double radius = 0;
};

// Returns the sphere around the mean of the points that reaches the farthest of them. There must be at least one point.
Sphere SphereAround(const std::vector<Vec3<double>>& points);
// Returns the sphere around the box of the middle 90 % of the splats' means along each axis, so that strays do not
// count, and neither do splats that stand for a sky (SphereBeforeSky in scene/sky_depth.h). Where that box is a point,
// the radius is three standard deviations of the largest splat. There must be at least one splat.
Sphere SphereAroundMost(const SplatSelection& splats);

// Returns the median of the splats' largest standard deviations, in the scene's units. There must be at least one
// splat.
double MedianWidth(const SplatSelection& splats);

}  // namespace splat
