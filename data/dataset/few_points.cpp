#include "data/dataset/few_points.h"

#include <array>
#include <cmath>
#include <set>

#include "core/check.h"
#include "data/dataset/scene_alignment.h"

namespace splat::data {
namespace {

constexpr size_t kFewestPlaces = 10;
constexpr double kPlaceSize = 1e-3;  // x kAlignedDistance

}  // namespace

std::string WhyFewPoints(const std::vector<Vec3<double>>& points) {
  std::set<std::array<double, 3>> places;
  const double cell = kPlaceSize * kAlignedDistance;
  for (size_t i = 0; i < points.size() && places.size() < kFewestPlaces; ++i) {
    const Vec3<double> p = (1 / cell) * points[i];
    places.insert({std::floor(p.x), std::floor(p.y), std::floor(p.z)});
  }
  if (places.size() < kFewestPlaces) {
    return StrCat("has points in only ", places.size(), places.size() == 1 ? " place" : " places");
  }
  Vec3<double> along;  // from the first point to that farthest from it
  for (const Vec3<double>& point : points) {
    if (Norm(point - points[0]) > Norm(along)) along = point - points[0];
  }
  const Vec3<double> direction = (1 / Norm(along)) * along;
  for (const Vec3<double>& point : points) {
    const Vec3<double> from_first = point - points[0];
    if (Norm(from_first - Dot(from_first, direction) * direction) > cell) return "";
  }
  return "has all points on one line";
}

}  // namespace splat::data
