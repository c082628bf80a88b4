#include "data/dataset/stray_cameras.h"

#include <algorithm>
#include <utility>

#include "core/fewest_cameras.h"
#include "core/median_point.h"
#include "core/quantile.h"

namespace splat::data {
namespace {

constexpr size_t kShare = 10;  // one of so many may be astray

}  // namespace

std::vector<size_t> StrayCameras(const std::vector<Vec3<double>>& centers) {
  if (centers.size() < kFewestCameras) return {};
  const Vec3<double> middle = MedianPoint(centers);
  std::vector<double> distances;
  distances.reserve(centers.size());
  for (const Vec3<double>& center : centers) distances.push_back(Norm(center - middle));
  const double limit = kStrayDistance * Median(distances);
  std::vector<size_t> strays;
  for (size_t i = 0; i < centers.size(); ++i) {
    if (limit > 0 && distances[i] > limit) strays.push_back(i);
  }
  if (strays.size() > std::max<size_t>(1, centers.size() / kShare)) strays.clear();
  return strays;
}

}  // namespace splat::data
