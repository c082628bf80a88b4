// Views of a scene from all sides, where no camera is known.
#pragma once

#include <vector>

#include "scene/named_camera.h"
#include "scene/select.h"

namespace splat {

// Returns `count` views from a circle around `scene` (SphereAroundMost, radius > 0), 20 degrees above its middle; up is
// -y. Images are `width` x 3/4 `width` px.
std::vector<NamedCamera> OrbitCameras(const Sphere& scene, int count, int width);

}  // namespace splat
