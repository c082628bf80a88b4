// This header applies a linear map of space to splats: to positions, shapes, rotations and view-dependent colour.
#pragma once

#include "core/rigid3.h"
#include "core/vec.h"
#include "scene/splat_cloud.h"
#include "scene/splat_selection.h"

namespace splat {

// An affine map takes x to linear * x + translation.
struct Affine3 {
  Mat3<double> linear = Identity3<double>();
  Vec3<double> translation = {0, 0, 0};
};
Affine3 operator*(const Affine3& a, const Affine3& b);  // first b, then a
Affine3 AffineOf(const Similarity3& transform);

// Moves the splats, which must be usable. Their covariances become linear * C * linear^T, also where the map shears or
// mirrors; their view-dependent colour turns, and is mirrored, with the orthogonal map nearest to it. The determinant
// must be finite and not zero.
void Transform(const Affine3& transform, SplatCloud& cloud);
// Returns a transformed copy of the selected splats.
SplatCloud Transformed(const Affine3& transform, const SplatSelection& splats);

}  // namespace splat
