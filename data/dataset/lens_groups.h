// This header tells, by their calibrations, which photos were taken through one lens.
#pragma once

#include <vector>

#include "data/dataset/dataset.h"
#include "data/photos/camera_model.h"

namespace splat::data {

// Returns a number for each photo, counted from 0 in the order of appearance. Photos of one calibrated size whose focal
// lengths differ by at most 5 % share one: structure from motion may calibrate each photo for itself.
std::vector<int> LensGroups(const std::vector<Intrinsics>& photos);

// Returns how many lenses the views have (View::lens).
size_t LensCount(const std::vector<View>& views);

}  // namespace splat::data
