// Whether points belong to cameras.
#pragma once

#include "data/poses/scene_description.h"

namespace splat::data {

// Whether the points lie where the cameras look, by samples. Points of another coordinate system do not: hardly any
// camera has one in view.
bool CamerasSeePoints(const SceneDescription& scene);

}  // namespace splat::data
