#include "data/dataset/view_sightings.h"

#include <cmath>
#include <optional>

#include "data/photos/lens.h"

namespace splat::data {
namespace {

constexpr int kMostRounds = 50;
constexpr double kEnough = 1e-9;  // of the ray: far below a pixel

// The ray that the lens shows at `distorted`, by adding what is missing again and again; nothing where that leads
// nowhere, which is beyond the image of any lens that can be undistorted.
std::optional<Vec2<double>> RayOf(const Lens& lens, const Vec2<double>& distorted) {
  Vec2<double> ray = distorted;
  for (int round = 0; round < kMostRounds; ++round) {
    const Vec2<double> missing = distorted - Distort(lens, ray);
    const double size = std::hypot(missing.x, missing.y);
    if (size < kEnough) return ray;
    if (!(size < 1)) break;
    ray = ray + missing;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Sighting> RaysOfSightings(const PosedPhoto& photo) {
  const Lens lens = MakeLens(photo.intrinsics);
  std::vector<Sighting> rays;
  for (Sighting sighting : photo.sightings) {
    const auto ray = RayOf(lens, {(sighting.x - lens.cx) / lens.fx, (sighting.y - lens.cy) / lens.fy});
    if (!ray) continue;
    sighting.x = ray->x;
    sighting.y = ray->y;
    rays.push_back(sighting);
  }
  return rays;
}

}  // namespace splat::data
