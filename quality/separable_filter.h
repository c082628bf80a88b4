// This header filters a plane by a product of one kernel along the rows and one down the columns.
#pragma once

#include <vector>

#include "core/image.h"

namespace splat::quality {

// Kernels of an odd length; the middle one lies on the pixel.
struct SeparableKernel {
  std::vector<float> across, down;
};

// Filters a plane (1 channel) where the whole kernel lies inside: the result is smaller by the kernel's length - 1. The
// plane must be as large as the kernel.
ImageF FilteredInside(const ImageF& plane, const SeparableKernel& kernel);

// Filters a plane to a result of the same size; the plane goes on beyond its edges with their last value.
ImageF FilteredToEdges(const ImageF& plane, const SeparableKernel& kernel);

}  // namespace splat::quality
