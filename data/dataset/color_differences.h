// This header measures how much the photos of one scene differ in exposure and white balance, on the points that
// several of them see.
#pragma once

#include <vector>

#include "core/log.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// These are the differences of the training photos that were compared from their mean, in stops of the image file's
// values (sRGB).
struct ColorDifferences {
  std::vector<int> views;         // indices into Dataset::views
  std::vector<double> exposures;  // of each, mean over the channels
  double exposure = 0;            // root of the mean square of these
  double white_balance = 0;       // the same of what the channels differ by beyond that
};

// Decodes up to 40 training photos. A brightness is a median over points, so that few hidden points do no harm. Photos
// that cannot be read or see too few points are left out; fewer than three photos are none.
ColorDifferences MeasureColorDifferences(const Dataset& dataset, const LogSink& log);

}  // namespace splat::data
