// This header samples the positions of a scene's splats: enough of them for medians and other shares.
#pragma once

#include <cstddef>
#include <vector>

#include "core/vec.h"
#include "scene/splat_selection.h"

namespace splat {

// Returns the means of every n-th splat, about `most` of them, but not of those whose opacity is below `least_opacity`.
std::vector<Vec3<double>> SampledMeans(const SplatSelection& splats, size_t most, double least_opacity = 0);

// Returns those of splats that can be seen: opacity 0.1 or more, and 50,000 of them.
std::vector<Vec3<double>> VisibleMeans(const SplatSelection& splats);

}  // namespace splat
