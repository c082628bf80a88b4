// Which splats of a scene are written, and in which order.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/splat_cloud.h"

namespace splat {

// Along a space-filling curve (Morton's), so that neighbours in space are neighbours in the file: smaller files of the
// formats that compress, and faster drawing. Equal codes keep their order.
void SortByMorton(SplatSelection& splats);

// The splats that cover most first: descending opacity times the product of the three scales.
void SortByImportance(SplatSelection& splats);

// Keeps the `count` most important ones, in the order they have.
void KeepMostImportant(SplatSelection& splats, int64_t count);

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

// The sphere around the mean of the points that reaches the farthest. At least one point.
Sphere SphereAround(const std::vector<Vec3<double>>& points);
// The sphere around the box of the middle 90 % of the splats' means along each axis, so that strays do not count. At
// least one splat.
Sphere SphereAroundMost(const SplatSelection& splats);

}  // namespace splat
