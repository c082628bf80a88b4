#include "pipeline/empty_images.h"

#include <algorithm>
#include <cstddef>

#include "scene/extent.h"

namespace splat::pipeline {

bool AreElsewhere(const std::vector<NamedCamera>& cameras, const SplatSelection& splats) {
  constexpr double kFarOff = 100;  // x the radius of the scene
  if (splats.count() == 0) return false;
  const Sphere most = SphereAroundMost(splats);
  return std::all_of(cameras.begin(), cameras.end(), [&](const NamedCamera& named) {
    return Norm(CameraCenterInWorld(named.camera) - most.center) > kFarOff * most.radius;
  });
}

bool ShowsSomething(const Image8& image) {
  const size_t pixel = size_t(image.channels);
  return !std::equal(image.pixels.begin() + std::ptrdiff_t(pixel), image.pixels.end(), image.pixels.begin());
}

}  // namespace splat::pipeline
