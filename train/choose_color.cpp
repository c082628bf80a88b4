#include "train/choose_color.h"

#include "core/check.h"
#include "core/format.h"

namespace splat::train {
namespace {

// Root mean squares in stops. Photos of one exposure measure up to 0.02, for surfaces shine and points hide; in those
// of fox (0.08) and desk (0.14) the differences can be seen (docs/results.md).
constexpr double kLeastExposure = 0.05, kLeastWhiteBalance = 0.03;
// A stop of light changes a value of sRGB by 1 / 2.2 stops: the slope of its transfer function, which is nearly
// constant.
constexpr double kStopsOfLight = 2.2;

bool MostAreKnown(const data::ExposureSpread& spread) {
  return spread.known >= 2 && 2 * spread.known >= spread.photos;
}

// "by EXIF the exposures of 40 of 50 photos differ by 0.31 stops of light"
std::string ByExif(const data::ExposureSpread& spread) {
  const std::string number =
      spread.known < spread.photos ? StrCat(spread.known, " of ", spread.photos) : StrCat(spread.photos);
  return StrCat("by EXIF the exposures of ", number, " photos differ by ", FormatFixed(spread.stops, 2),
                " stops of light");
}

// What is said of photos that see too few of the same points, but for the mode.
std::string WithoutPoints(const data::ExposureSpread& spread) {
  const std::string why = "too few points are seen by several photos to compare these";
  if (MostAreKnown(spread)) return StrCat(why, "; ", ByExif(spread));
  if (spread.known == 0) return why + ", and EXIF has no exposures";
  return StrCat(why, ", and EXIF has the exposures of ", spread.known, " of ", spread.photos, " photos only");
}

}  // namespace

std::string ModeFor(const data::ColorDifferences& differences) {
  if (differences.white_balance >= kLeastWhiteBalance) return "full";
  return differences.exposure >= kLeastExposure ? "exposure" : "off";
}

std::string ModeByExif(const data::ExposureSpread& spread) {
  data::ColorDifferences differences;
  if (MostAreKnown(spread)) differences.exposure = spread.stops / kStopsOfLight;
  return ModeFor(differences);
}

std::string ChosenColorMode(const data::Dataset& dataset, const ColorConfig& config, const LogSink& log) {
  if (config.mode != "auto") return config.mode;
  const data::ColorDifferences found = data::MeasureColorDifferences(dataset, log);
  const data::ExposureSpread by_exif = data::MeasureExposureSpread(dataset);
  if (found.views.empty()) {
    std::string mode = ModeByExif(by_exif);
    LogInfo(log, StrCat("--color auto: ", WithoutPoints(by_exif), "; ", mode));
    return mode;
  }
  std::string mode = ModeFor(found);
  LogInfo(log, StrCat("--color auto: ", found.views.size(), " photos differ by ", FormatFixed(found.exposure, 2),
                      " stops in exposure and ", FormatFixed(found.white_balance, 2), " in white balance",
                      by_exif.known > 0 ? StrCat(" (", ByExif(by_exif), ")") : "", "; ", mode));
  return mode;
}

}  // namespace splat::train
