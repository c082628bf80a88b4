// This header gives a dataset's photos and points as its source had them.
#pragma once

#include "data/dataset/dataset.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// Returns the photos with their names, their intrinsics as calibrated and their cameras in the frame of the source, and
// the points in that frame. Observations are left out.
SceneDescription InSourceFrame(const Dataset& dataset);

}  // namespace splat::data
