#include "scene/sky_depth.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "core/quantile.h"
#include "core/spread_evenly.h"
#include "scene/sampled_means.h"

namespace splat {
namespace {

constexpr size_t kSampledMeans = 20'000, kSampledNeighbours = 4'000, kSampledPlaces = 200;
constexpr size_t kFewestSplats = 100;  // of which shares say something
// The gap before the sky: the distance at its end, x that at its beginning, and the share of the splats that may stray
// into it. In scenes of photos without a sky no such gap was found, even out of doors.
constexpr double kGap = 1.25, kInGap = 0.005;

std::vector<double> DistancesFrom(const Vec3<double>& place, const std::vector<Vec3<double>>& points) {
  std::vector<double> distances;
  distances.reserve(points.size());
  for (const Vec3<double>& point : points) distances.push_back(Norm(point - place));
  return distances;
}

// The point around which the smallest sphere holds as many as a sky has at least: were the sky many times as many as
// all else, it would still be spread far wider.
Vec3<double> DensestPlace(const std::vector<Vec3<double>>& points) {
  const std::vector<Vec3<double>> neighbours = SpreadEvenly(points, kSampledNeighbours);
  Vec3<double> densest = {0, 0, 0};
  double least = std::numeric_limits<double>::infinity();
  for (const Vec3<double>& place : SpreadEvenly(points, kSampledPlaces)) {
    const double radius = Quantile(DistancesFrom(place, neighbours), kLeastSky);
    if (radius < least) {
      least = radius;
      densest = place;
    }
  }
  return densest;
}

}  // namespace

std::optional<Sphere> SphereBeforeSky(const SplatSelection& splats) {
  const std::vector<Vec3<double>> means = SampledMeans(splats, kSampledMeans);
  if (means.size() < kFewestSplats) return std::nullopt;
  const Vec3<double> place = DensestPlace(means);
  std::vector<double> distances = DistancesFrom(place, means);
  std::sort(distances.begin(), distances.end());
  const auto count = double(distances.size());
  size_t end = 0;  // of the gap that begins behind splat i
  for (size_t i = 0; i < distances.size(); ++i) {
    const double gap_end = kGap * distances[i];
    while (end < distances.size() && distances[end] <= gap_end) ++end;
    if (double(distances.size() - end) <= kLeastSky * count) break;
    if (double(i) < kLeastSky * count || double(end - i) > kInGap * count) continue;
    if (distances[end] >= SkyDepth(distances[size_t(kForeground * double(i))])) return Sphere{place, gap_end};
  }
  return std::nullopt;
}

}  // namespace splat
