// This header measures how much the exposures of photos differ, as their cameras noted them in EXIF.
#pragma once

#include <cstddef>

#include "data/dataset/dataset.h"

namespace splat::data {

struct ExposureSpread {
  size_t photos = 0;  // training photos
  size_t known = 0;   // of them, those with an exposure in EXIF (View::exposure_stops)
  double stops = 0;   // of light, root mean square of those against their mean
};

// Reads no file.
ExposureSpread MeasureExposureSpread(const Dataset& dataset);

}  // namespace splat::data
