#include "data/photos/lens_reach.h"

#include <algorithm>
#include <cmath>

#include "data/photos/lens.h"

namespace splat::data {
namespace {

constexpr int kSamples = 4;         // per side
constexpr double kNearLimit = 0.9;  // x kMaxRadius: what ends there ends at the limit of the angle
constexpr double kCentre = 1e-9;    // points nearer to the principal point say nothing

void Include(const Lens& lens, const Vec2<double>& edge, LensReach& reach) {
  const auto length = [](const Vec2<double>& v) { return std::hypot(v.x, v.y); };
  if (length(edge) < kCentre) return;
  const Vec2<double> ray = UndistortTowards(lens, edge);
  const double seen = length(Distort(lens, ray)), straight = length(ray);
  if (straight < kNearLimit * kMaxRadius) reach.unfolded = std::min(reach.unfolded, seen / length(edge));
  if (seen < kCentre || straight < kCentre) return;
  reach.outwards = std::max(reach.outwards, seen / straight);
  reach.inwards = std::max(reach.inwards, straight / seen);
}

}  // namespace

LensReach ReachOf(const Intrinsics& intrinsics) {
  LensReach reach;
  if (IsSupported(intrinsics.model) && !HasDistortion(intrinsics)) return reach;
  const Lens lens = MakeLens(intrinsics);
  const auto include = [&](double u, double v) {
    Include(lens, {(u - lens.cx) / lens.fx, (v - lens.cy) / lens.fy}, reach);
  };
  for (int i = 0; i <= kSamples; ++i) {
    const double u = double(intrinsics.width) * i / kSamples, v = double(intrinsics.height) * i / kSamples;
    include(u, 0);
    include(u, intrinsics.height);
    include(0, v);
    include(intrinsics.width, v);
  }
  return reach;
}

}  // namespace splat::data
