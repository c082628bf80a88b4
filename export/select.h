// Which splats of a scene are written, and in which order.
#pragma once

#include <cstdint>

#include "export/splat_cloud.h"

namespace splat::exporters {

// Along a space-filling curve (Morton's), so that neighbours in space are neighbours in the file: smaller files of the
// formats that compress, and faster drawing. Equal codes keep their order.
void SortByMorton(SplatSelection& splats);

// The splats that cover most first: descending opacity times the product of the three scales.
void SortByImportance(SplatSelection& splats);

// Keeps the `count` most important ones, in the order they have.
void KeepMostImportant(SplatSelection& splats, int64_t count);

// Keeps the splats whose mean lies in the box [low, high] or within `radius` of `center`; scene units, scene frame.
void CropToBox(SplatSelection& splats, const Vec3<double>& low, const Vec3<double>& high);
void CropToSphere(SplatSelection& splats, const Vec3<double>& center, double radius);

}  // namespace splat::exporters
