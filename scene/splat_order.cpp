#include "scene/splat_order.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "core/morton.h"

namespace splat {
namespace {

constexpr int kMortonBits = 21;  // an axis; three fill 63 bits

// Reorders the rows by descending or ascending keys, equal ones as they stand.
template <typename Key, typename Before>
void SortByKeys(const std::vector<Key>& keys, const Before& before, SplatSelection& splats) {
  std::vector<uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return before(keys[a], keys[b]); });
  for (uint32_t& splat : order) splat = splats.rows()[splat];
  splats.SetRows(std::move(order));
}

std::vector<double> Importances(const SplatSelection& splats) {
  std::vector<double> importances(static_cast<size_t>(splats.count()));
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> s = splats.LogScale(splat);
    importances[size_t(splat)] = std::exp(double(s.x) + s.y + s.z) * splats.Opacity(splat);
  }
  return importances;
}

}  // namespace

void SortByMorton(SplatSelection& splats) {
  if (splats.count() == 0) return;
  Vec3<double> low = MeanOf(splats, 0), high = low;
  for (int64_t splat = 1; splat < splats.count(); ++splat) {
    const Vec3<double> mean = MeanOf(splats, splat);
    low = {std::min(low.x, mean.x), std::min(low.y, mean.y), std::min(low.z, mean.z)};
    high = {std::max(high.x, mean.x), std::max(high.y, mean.y), std::max(high.z, mean.z)};
  }
  const auto cell = [](double value, double begin, double end) {
    constexpr uint64_t last = (uint64_t(1) << kMortonBits) - 1;
    return end > begin ? std::min(last, uint64_t((value - begin) / (end - begin) * double(last + 1))) : 0;
  };
  std::vector<uint64_t> codes(static_cast<size_t>(splats.count()));
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<double> mean = MeanOf(splats, splat);
    codes[size_t(splat)] =
        MortonCode(cell(mean.x, low.x, high.x), cell(mean.y, low.y, high.y), cell(mean.z, low.z, high.z));
  }
  SortByKeys(codes, std::less<>(), splats);
}

void SortByImportance(SplatSelection& splats) {
  SortByKeys(Importances(splats), std::greater<>(), splats);
}

void KeepMostImportant(SplatSelection& splats, int64_t count) {
  if (splats.count() <= count) return;
  const std::vector<double> importances = Importances(splats);
  std::vector<uint32_t> order(importances.size());
  std::iota(order.begin(), order.end(), 0u);
  std::nth_element(order.begin(), order.begin() + count, order.end(), [&](uint32_t a, uint32_t b) {
    return importances[a] != importances[b] ? importances[a] > importances[b] : a < b;
  });
  order.resize(size_t(count));
  std::sort(order.begin(), order.end());
  for (uint32_t& splat : order) splat = splats.rows()[splat];
  splats.SetRows(std::move(order));
}

}  // namespace splat
