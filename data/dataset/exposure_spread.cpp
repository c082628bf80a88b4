#include "data/dataset/exposure_spread.h"

#include <cmath>
#include <vector>

namespace splat::data {

ExposureSpread MeasureExposureSpread(const Dataset& dataset) {
  ExposureSpread spread;
  std::vector<double> known;
  double mean = 0;
  for (const int index : dataset.ViewsOf(Split::kTrain)) {
    const View& view = dataset.views[size_t(index)];
    ++spread.photos;
    if (!view.exposure_stops) continue;
    known.push_back(*view.exposure_stops);
    mean += known.back();
  }
  spread.known = known.size();
  if (known.empty()) return spread;
  mean /= double(known.size());
  double squares = 0;
  for (const double stops : known) squares += (stops - mean) * (stops - mean);
  spread.stops = std::sqrt(squares / double(known.size()));
  return spread;
}

}  // namespace splat::data
