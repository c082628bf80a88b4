#include "data/dataset/view_observations.h"

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

std::vector<Observation> RaysOfObservations(const PosedPhoto& photo) {
  const Lens lens = MakeLens(photo.intrinsics);
  const bool bent = HasDistortion(photo.intrinsics);
  std::vector<Observation> rays;
  rays.reserve(photo.observations.size());
  for (Observation observation : photo.observations) {
    const Vec2<double> seen = {(observation.x - lens.cx) / lens.fx, (observation.y - lens.cy) / lens.fy};
    const auto ray = bent ? RayOf(lens, seen) : seen;
    if (!ray) continue;
    observation.x = ray->x;
    observation.y = ray->y;
    rays.push_back(observation);
  }
  return rays;
}

}  // namespace splat::data
