#include "data/dataset/view_sightings.h"

#include <cmath>
#include <optional>

#include "data/photos/lens.h"

namespace splat::data {
namespace {

constexpr double kEnough = 1e-9;  // of the ray: far below a pixel

// The ray that the lens shows at `distorted`; nothing where it shows none that an undistorted photo has.
std::optional<Vec2<double>> RayOf(const Lens& lens, const Vec2<double>& distorted) {
  const Vec2<double> ray = UndistortTowards(lens, distorted), miss = Distort(lens, ray) - distorted;
  if (!(std::hypot(miss.x, miss.y) <= kEnough)) return std::nullopt;
  return ray;
}

}  // namespace

std::vector<Sighting> RaysOfSightings(const PosedPhoto& photo) {
  const Lens lens = MakeLens(photo.intrinsics);
  const bool bent = HasDistortion(photo.intrinsics);
  std::vector<Sighting> rays;
  rays.reserve(photo.sightings.size());
  for (Sighting sighting : photo.sightings) {
    const Vec2<double> seen = {(sighting.x - lens.cx) / lens.fx, (sighting.y - lens.cy) / lens.fy};
    const auto ray = bent ? RayOf(lens, seen) : seen;
    if (!ray) continue;
    sighting.x = ray->x;
    sighting.y = ray->y;
    rays.push_back(sighting);
  }
  return rays;
}

}  // namespace splat::data
