#include "scene/sampled_means.h"

#include <algorithm>
#include <cstdint>

namespace splat {

std::vector<Vec3<double>> SampledMeans(const SplatSelection& splats, size_t most, double least_opacity) {
  std::vector<Vec3<double>> means;
  const int64_t step = std::max<int64_t>(1, splats.count() / int64_t(most));
  for (int64_t splat = 0; splat < splats.count(); splat += step) {
    if (splats.Opacity(splat) >= least_opacity) means.push_back(MeanOf(splats, splat));
  }
  return means;
}

std::vector<Vec3<double>> VisibleMeans(const SplatSelection& splats) {
  constexpr size_t kMost = 50'000;
  constexpr double kVisibleOpacity = 0.1;
  return SampledMeans(splats, kMost, kVisibleOpacity);
}

}  // namespace splat
