#include "data/dataset/few_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <set>

#include "core/camera.h"
#include "core/check.h"
#include "core/median_point.h"
#include "data/dataset/scene_alignment.h"

namespace splat::data {
namespace {

constexpr size_t kFewestPlaces = 10;
constexpr double kPlaceSize = 1e-3;  // x kAlignedDistance
constexpr double kThinnest = 1e-4;   // x the extent; of points that were measured none lie so flat

constexpr double kNearPlane = 0.1;  // x kAlignedDistance
constexpr double kFar = 1000;       // x the median distance of the points from their middle

// Returns the points without the few that lie so far out that the others would look like one place or plane beside
// them.
std::vector<Vec3<double>> WithoutFar(const std::vector<Vec3<double>>& points) {
  const Vec3<double> middle = MedianPoint(points);
  const double median = MedianDistance(points, middle);
  if (!(median > 0)) return points;
  std::vector<Vec3<double>> near;
  std::copy_if(points.begin(), points.end(), std::back_inserter(near),
               [&](const Vec3<double>& p) { return Norm(p - middle) <= kFar * median; });
  return near;
}

// The longest of what `part` makes of the points' offsets from the first.
template <typename Part>
Vec3<double> Farthest(const std::vector<Vec3<double>>& points, const Part& part) {
  Vec3<double> farthest = {0, 0, 0};
  for (const Vec3<double>& point : points) {
    const Vec3<double> offset = part(point - points[0]);
    if (Norm(offset) > Norm(farthest)) farthest = offset;
  }
  return farthest;
}

// Whether all cameras stand on one side of the plane, and their axes meet on it where they meet at all.
bool LookAtPlane(const Vec3<double>& point, const Vec3<double>& normal, const std::vector<Rigid3>& cameras_from_scene) {
  const auto height = [&](const Vec3<double>& place) { return Dot(place - point, normal); };
  const auto above = std::count_if(cameras_from_scene.begin(), cameras_from_scene.end(),
                                   [&](const Rigid3& pose) { return height(CameraCenterInWorld(pose)) > 0; });
  if (above != 0 && size_t(above) != cameras_from_scene.size()) return false;
  const auto meeting = WhereAxesMeetClosely(cameras_from_scene);
  return !meeting || std::abs(height(*meeting)) <= kNearPlane * kAlignedDistance;
}

}  // namespace

std::string WhyFewPoints(const std::vector<Vec3<double>>& all_points, const std::vector<Rigid3>& cameras_from_scene) {
  const std::vector<Vec3<double>> points = WithoutFar(all_points);
  std::set<std::array<double, 3>> places;
  const double cell = kPlaceSize * kAlignedDistance;
  for (size_t i = 0; i < points.size() && places.size() < kFewestPlaces; ++i) {
    const Vec3<double> p = (1 / cell) * points[i];
    places.insert({std::floor(p.x), std::floor(p.y), std::floor(p.z)});
  }
  if (places.size() < kFewestPlaces) {
    return StrCat("has points in only ", places.size(), places.size() == 1 ? " place" : " places");
  }
  const Vec3<double> along = Farthest(points, [&](const Vec3<double>& from_first) { return from_first; });
  const Vec3<double> direction = (1 / Norm(along)) * along;
  const Vec3<double> across = Farthest(
      points, [&](const Vec3<double>& from_first) { return from_first - Dot(from_first, direction) * direction; });
  if (Norm(across) <= cell) return "has all points on one line";
  const Vec3<double> normal = (1 / Norm(across)) * Cross(direction, across);
  const Vec3<double> off =
      Farthest(points, [&](const Vec3<double>& from_first) { return Dot(from_first, normal) * normal; });
  const bool flat = Norm(off) <= kThinnest * Norm(along);
  return flat && !LookAtPlane(points[0], normal, cameras_from_scene)
             ? "has all points on one plane, which is not what the cameras look at"
             : "";
}

}  // namespace splat::data
