// This header computes the mean of points.
#pragma once

#include <vector>

#include "core/vec.h"

namespace splat {

// There must be at least one point.
inline Vec3<double> Mean(const std::vector<Vec3<double>>& points) {
  Vec3<double> sum = {0, 0, 0};
  for (const Vec3<double>& point : points) sum = sum + point;
  return (1.0 / double(points.size())) * sum;
}

}  // namespace splat
