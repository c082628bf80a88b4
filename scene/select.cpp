#include "scene/select.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "core/mean.h"
#include "core/morton.h"
#include "core/quantile.h"
#include "scene/sky_depth.h"

namespace splat {
namespace {

constexpr double kStrayShare = 0.05;  // at either end of each axis
constexpr int kMortonBits = 21;       // an axis; three fill 63 bits
constexpr double kSplatReach = 3;     // standard deviations that a splat is seen to reach

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

// Keeps those of which keep(splat) is true.
template <typename Keep>
void KeepIf(const Keep& keep, SplatSelection& splats) {
  std::vector<uint32_t> rows;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    if (keep(splat)) rows.push_back(splats.rows()[size_t(splat)]);
  }
  splats.SetRows(std::move(rows));
}

Vec3<double> MeanOf(const SplatSelection& splats, int64_t splat) {
  const Vec3<float> mean = splats.Mean(splat);
  return {mean.x, mean.y, mean.z};
}

// Logarithms of the largest standard deviation of each splat, in the scene's units.
std::vector<float> LargestLogScales(const SplatSelection& splats) {
  std::vector<float> largest;
  largest.reserve(size_t(splats.count()));
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> scale = splats.LogScale(splat);
    largest.push_back(std::max({scale.x, scale.y, scale.z}));
  }
  return largest;
}

double LargestWidth(const SplatSelection& splats) {
  const std::vector<float> largest = LargestLogScales(splats);
  return std::exp(double(*std::max_element(largest.begin(), largest.end())));
}

// The sphere around the box of the middle 90 % along each axis.
Sphere AroundMiddle(const SplatSelection& splats) {
  double middle[3], half[3];
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<double> values;
    for (int64_t splat = 0; splat < splats.count(); ++splat) {
      const Vec3<double> mean = MeanOf(splats, splat);
      values.push_back(axis == 0 ? mean.x : axis == 1 ? mean.y : mean.z);
    }
    const auto strays = std::ptrdiff_t(double(values.size()) * kStrayShare);
    const auto low = values.begin() + strays, high = values.end() - 1 - strays;
    std::nth_element(values.begin(), low, values.end());
    const double lowest = *low;
    std::nth_element(values.begin(), high, values.end());
    middle[axis] = (lowest + *high) / 2;
    half[axis] = (*high - lowest) / 2;
  }
  const double radius = Norm(Vec3<double>{half[0], half[1], half[2]});
  return {{middle[0], middle[1], middle[2]}, radius > 0 ? radius : kSplatReach * LargestWidth(splats)};
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

Sphere SphereAround(const std::vector<Vec3<double>>& points) {
  Sphere sphere = {Mean(points), 0};
  for (const Vec3<double>& point : points) sphere.radius = std::max(sphere.radius, Norm(point - sphere.center));
  return sphere;
}

Sphere SphereAroundMost(const SplatSelection& splats) {
  const std::optional<Sphere> before_sky = SphereBeforeSky(splats);
  if (!before_sky) return AroundMiddle(splats);
  SplatSelection scene = splats;
  CropToSphere(scene, *before_sky);
  return AroundMiddle(scene);
}

double MedianWidth(const SplatSelection& splats) {
  return std::exp(double(Median(LargestLogScales(splats))));
}

}  // namespace splat
