#include "scene/crop.h"

#include <utility>
#include <vector>

#include "scene/sky_depth.h"

namespace splat {
namespace {

// Keeps those of which keep(splat) is true.
template <typename Keep>
void KeepIf(const Keep& keep, SplatSelection& splats) {
  std::vector<uint32_t> rows;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    if (keep(splat)) rows.push_back(splats.rows()[size_t(splat)]);
  }
  splats.SetRows(std::move(rows));
}

}  // namespace

void CropToBox(SplatSelection& splats, const Box& box) {
  const Vec3<double> low = box.low, high = box.high;
  const auto inside = [&](int64_t splat) {
    const Vec3<double> mean = MeanOf(splats, splat);
    return mean.x >= low.x && mean.y >= low.y && mean.z >= low.z && mean.x <= high.x && mean.y <= high.y &&
           mean.z <= high.z;
  };
  KeepIf(inside, splats);
}

void CropToSphere(SplatSelection& splats, const Sphere& sphere) {
  KeepIf([&](int64_t splat) { return Norm(MeanOf(splats, splat) - sphere.center) <= sphere.radius; }, splats);
}

int64_t LeaveOutFar(SplatSelection& splats, const FarLimits& limits) {
  constexpr int64_t kFewest = 20;  // whose middle 90 % leave something out
  if (splats.count() < kFewest) return 0;
  const Sphere most = SphereAroundMost(splats);
  const int64_t before = splats.count();
  CropToSphere(splats, {most.center, limits.most * most.radius});
  if (limits.few_from > 0) {
    SplatSelection near = splats;
    CropToSphere(near, {most.center, limits.few_from * most.radius});
    const int64_t far = splats.count() - near.count();
    if (far <= limits.few && double(far) <= kLeastSky * double(splats.count())) splats = near;
  }
  return before - splats.count();
}

}  // namespace splat
