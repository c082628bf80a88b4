#include "scene/median_depth.h"

#include <algorithm>
#include <utility>

#include "core/quantile.h"
#include "core/seen_point.h"
#include "scene/sky_depth.h"

namespace splat {

void AddDepths(const Camera& camera, const std::vector<Vec3<double>>& points, size_t step,
               std::vector<double>& depths) {
  for (size_t i = 0; i < points.size(); i += step) {
    if (const auto seen = SeenAt(camera, points[i])) depths.push_back(seen->depth);
  }
}

std::optional<double> MedianDepth(const Camera& camera, const std::vector<Vec3<double>>& points) {
  std::vector<double> depths;
  AddDepths(camera, points, 1, depths);
  if (depths.size() < kFewestSeen) return std::nullopt;
  const double sky = SkyDepth(Quantile(depths, kForeground));
  depths.erase(std::remove_if(depths.begin(), depths.end(), [&](double depth) { return depth > sky; }), depths.end());
  return Median(std::move(depths));
}

}  // namespace splat
