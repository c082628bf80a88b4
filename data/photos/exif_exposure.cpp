#include "data/photos/exif_exposure.h"

#include <cmath>

namespace splat::data {
namespace {

// False for NaN.
bool Between(double value, double least, double most) {
  return value >= least && value <= most;
}

}  // namespace

std::optional<double> ExposureStops(const ExposureSettings& settings) {
  const bool meant =
      Between(settings.time_s, 1e-6, 1e4) && Between(settings.f_number, 0.3, 256) && Between(settings.iso, 1, 1e7);
  if (!meant) return std::nullopt;
  return std::log2(settings.time_s * settings.iso / (settings.f_number * settings.f_number));
}

}  // namespace splat::data
