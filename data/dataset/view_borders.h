// This header finds the empty borders of a training set's photos.
#pragma once

#include <vector>

#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Sets View::border where all photos of a camera have the same empty lines at their edges (CommonBorder), with a line
// in `log` for each camera. Photos of one stored size are those of a camera, or, where all calibrations of that size
// have some photos each, those of one calibration. A few photos are decoded; only where these have such lines, up to 60
// are, spread over the camera's photos. Photos that cannot be read are skipped.
void FindBorders(std::vector<View>& views, Executor& executor, const LogSink& log);

}  // namespace splat::data
