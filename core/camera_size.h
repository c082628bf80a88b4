// This header fits cameras to images of a limited size.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/camera.h"

namespace splat {

// The camera for an image whose longer side has at most `longest_px`; as it is if it has no more.
inline Camera ResizedWithin(const Camera& camera, int longest_px) {
  const double scale = std::min(1.0, longest_px / double(std::max(camera.width, camera.height)));
  const auto side = [&](int length) { return std::max(1, int(std::lround(length * scale))); };
  return ResizedCamera(camera, side(camera.width), side(camera.height));
}

}  // namespace splat
