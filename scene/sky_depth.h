// This header finds the depth at which the sky of a scene begins, for code that asks how deep the rest of it is: splats
// may stand for the sky, far away (train/sky_shell.h), and be more than half of what a camera sees, or of the whole
// scene.
#pragma once

#include <optional>

#include "scene/extent.h"

namespace splat {

// The depth of the foreground is the one before which this share of what a camera sees lies.
constexpr double kForeground = 0.1;

// Anything farther away than this is the sky, or as far away as the sky.
constexpr double SkyDepth(double foreground_depth) {
  return 20 * foreground_depth;
}

// More than this share of all splats, far away, stand for a sky; fewer are strays.
constexpr double kLeastSky = 0.05;

// Returns a sphere that holds all of the scene but its sky; nothing where no splats stand for a sky. These are more
// than kLeastSky of all splats, seen from where splats are densest they are farther away than the SkyDepth of those
// before them, and between them and these is hardly any splat: the sphere ends there.
std::optional<Sphere> SphereBeforeSky(const SplatSelection& splats);

}  // namespace splat
