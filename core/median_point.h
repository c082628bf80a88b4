// The median of points is a middle that a few far ones do not move; this header finds it, and how far the points are
// from a place.
#pragma once

#include <utility>
#include <vector>

#include "core/quantile.h"
#include "core/vec.h"

namespace splat {

// Returns the median along each axis. There must be at least one point.
inline Vec3<double> MedianPoint(const std::vector<Vec3<double>>& points) {
  std::vector<double> x, y, z;
  for (std::vector<double>* axis : {&x, &y, &z}) axis->reserve(points.size());
  for (const Vec3<double>& point : points) {
    x.push_back(point.x);
    y.push_back(point.y);
    z.push_back(point.z);
  }
  return {Median(std::move(x)), Median(std::move(y)), Median(std::move(z))};
}

// Returns the median of the points' distances from a place. There must be at least one point.
inline double MedianDistance(const std::vector<Vec3<double>>& points, const Vec3<double>& from) {
  std::vector<double> distances;
  distances.reserve(points.size());
  for (const Vec3<double>& point : points) distances.push_back(Norm(point - from));
  return Median(std::move(distances));
}

}  // namespace splat
