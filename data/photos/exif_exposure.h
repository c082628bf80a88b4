// This header computes how much light a camera let onto its sensor, from what it noted in EXIF.
#pragma once

#include <optional>

namespace splat::data {

// 0 stands for what EXIF does not say.
struct ExposureSettings {
  double time_s = 0;    // ExposureTime
  double f_number = 0;  // FNumber: focal length over the diameter of the aperture
  double iso = 0;       // PhotographicSensitivity, ISOSpeedRatings before Exif 2.3
};

// PhotographicSensitivity has 16 bits. The largest number says that the ISO is that or more, and another tag has it.
constexpr int kIsoElsewhere = 65535;

// Returns the exposure in stops of light, log2(time * ISO / f-number^2): one stop more, and the same surface in the
// same light is twice as bright in the sensor's linear values. This is the law of exposure of ISO 2720 and of APEX
// (Exif 2.32, annex C), with the light left out, so that only differences between photos mean something. Nothing where
// one of the three is missing or no camera's: a time beyond 1 us..10,000 s, an f-number beyond 0.3..256 (pinholes), an
// ISO beyond 1..10 million, and numbers that are not finite.
std::optional<double> ExposureStops(const ExposureSettings& settings);

}  // namespace splat::data
