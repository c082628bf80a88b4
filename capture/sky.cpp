#include "capture/sky.h"

#include <algorithm>
#include <cmath>

#include "capture/noise.h"
#include "capture/texture.h"

namespace splat::capture {

Vec3<double> SkyRadiance(const Vec3<double>& direction, uint32_t seed) {
  constexpr double kCloudBase = 0.18;  // keeps the clouds at the horizon from becoming infinitely flat
  constexpr double kLargestCloud = 0.9, kSmallestCloud = 0.06;  // at the height 1 above the ground
  const Vec3<double> d = Normalized(direction);
  const double height = std::max(0.0, d.z);
  const Vec3<double> zenith = LinearFromSrgb(0x2f6fc4), horizon = LinearFromSrgb(0xcfe2f2);
  const Vec3<double> clear = Mix(horizon, zenith, std::pow(height, 0.5));
  const Vec3<double> on_clouds = {d.x / (height + kCloudBase), d.y / (height + kCloudBase), 0.5};
  const double density = FractalNoise(on_clouds, kLargestCloud, kSmallestCloud / 3, seed);
  const double cover = SmoothStep(0.08, 0.45, density) * SmoothStep(0.0, 0.12, d.z);
  return Mix(clear, LinearFromSrgb(0xf2f3f5), 0.9 * cover);
}

}  // namespace splat::capture
