// This header measures the median depth of what a camera sees, apart from the sky.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/camera.h"

namespace splat {

// A camera that sees fewer points says nothing about their depths.
constexpr size_t kFewestSeen = 10;

// Adds the depths (z in the frame of the camera) of those points that the camera sees, of every `step`-th.
void AddDepths(const Camera& camera, const std::vector<Vec3<double>>& points, size_t step, std::vector<double>& depths);

// Returns the median depth of those points that the camera sees before the sky; nothing if they are next to none.
std::optional<double> MedianDepth(const Camera& camera, const std::vector<Vec3<double>>& points);

}  // namespace splat
