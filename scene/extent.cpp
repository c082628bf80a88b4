#include "scene/extent.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "core/mean.h"
#include "core/quantile.h"
#include "scene/crop.h"
#include "scene/sky_depth.h"

namespace splat {
namespace {

constexpr double kStrayShare = 0.05;  // at either end of each axis
constexpr double kSplatReach = 3;     // standard deviations that a splat is seen to reach

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
