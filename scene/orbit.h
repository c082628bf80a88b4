// An orbit is a circle around a scene from which views of it are taken.
#pragma once

#include <optional>
#include <vector>

#include "core/constants.h"
#include "scene/extent.h"
#include "scene/named_camera.h"

namespace splat {

// A circle about the axis y, or an arc of it, in units of the scene. Up is -y.
struct Orbit {
  Vec3<double> center = {0, 0, 0};  // what the views look at
  double radius = 1;                // of the circle
  double height = 0;                // of the circle above `center`
  double from = 0, to = 2 * kPi;    // rad, of the angle whose views stand at (sin, height, -cos) from `center`
};

// Returns a circle around all of `scene` (SphereAroundMost, radius > 0), 20 degrees above its middle, for a scene whose
// cameras are not known.
Orbit OrbitAround(const Sphere& scene);

// Returns the circle on which cameras stand that look at `center` from around it: the medians of their distances from
// its axis and of their heights. Where a quarter of the circle or more has no camera, it is the arc that has some.
// Returns nothing for fewer than four cameras, where half of them or more look away from `center`, and where they stand
// straight above or below it.
std::optional<Orbit> OrbitOfCameras(const std::vector<Rigid3>& cameras_from_scene, const Vec3<double>& center);

// Returns `count` views from the circle, evenly spread; those of an arc reach from one end to the other. Images are
// `width` x 3/4 `width` px, 50 degrees wide.
std::vector<NamedCamera> OrbitCameras(const Orbit& orbit, int count, int width);

}  // namespace splat
