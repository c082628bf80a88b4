// These traits are what a scene says of itself besides its splats. Every type that holds a scene carries these traits,
// and rendering takes them whole, so that none is lost on the way from a file to an image.
#pragma once

#include <array>
#include <optional>

#include "core/rgb.h"
#include "rasterizer/math/antialiasing_modes.h"
#include "rasterizer/math/sh_degree.h"

namespace splat {

struct SceneTraits {
  int sh_degree = math::kMaxShDegree;  // up to which colours are drawn; at most what is stored is used
  std::optional<Rgb> background;       // that the scene was trained on, if known
  // The filter on the screen that the scene was trained with: kCompensated keeps a splat's energy (Yu et al. 2024,
  // "Mip-Splatting").
  Antialiasing antialiasing = Antialiasing::kNone;
};

// The background to draw on where nothing else is asked for: the trait, or black.
inline std::array<float, 3> BackgroundOf(const SceneTraits& traits) {
  const Rgb color = traits.background.value_or(Rgb{0, 0, 0});
  return {float(color[0]), float(color[1]), float(color[2])};
}

}  // namespace splat
