// Which splats of a scene are written, and in which order.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/splat_selection.h"

namespace splat {

// Sorts along a space-filling curve (Morton's), so that neighbours in space are neighbours in the file. Formats that
// compress then give smaller files, and drawing is faster. Equal codes keep their order.
void SortByMorton(SplatSelection& splats);

// Puts the splats that cover most first, by descending opacity times the product of the three scales.
void SortByImportance(SplatSelection& splats);

// Keeps the `count` most important ones, in the order they have.
void KeepMostImportant(SplatSelection& splats, int64_t count);

// How far out a splat may lie, in radii of SphereAroundMost from its centre, for formats that share steps among splats.
struct FarLimits {
  double most = 1000;   // beyond it none is kept
  double few_from = 0;  // beyond it a group of at most `few` is not kept, either; 0: no such limit
  int64_t few = 0;      // and no more than strays are (kLeastSky in scene/sky_depth.h)
};
// Returns how many splats it leaves out. Of fewer than 20 splats it keeps all.
int64_t LeaveOutFar(SplatSelection& splats, const FarLimits& limits);

// Areas in the scene's frame and units, their borders included.
struct Box {
  Vec3<double> low, high;
};
struct Sphere {
  Vec3<double> center = {0, 0, 0};
  double radius = 0;
};

// Keeps the splats whose mean lies inside.
void CropToBox(SplatSelection& splats, const Box& box);
void CropToSphere(SplatSelection& splats, const Sphere& sphere);

// Returns the sphere around the mean of the points that reaches the farthest. There must be at least one point.
Sphere SphereAround(const std::vector<Vec3<double>>& points);
// Returns the sphere around the box of the middle 90 % of the splats' means along each axis, so that strays do not
// count, and neither do splats that stand for a sky (SphereBeforeSky in scene/sky_depth.h). Where that box is a point,
// the radius is three standard deviations of the largest splat. There must be at least one splat.
Sphere SphereAroundMost(const SplatSelection& splats);

// Returns the median of the splats' largest standard deviations, in the scene's units. There must be at least one
// splat.
double MedianWidth(const SplatSelection& splats);

}  // namespace splat
