#include "train/choose_color.h"

#include "core/check.h"
#include "core/format.h"

namespace splat::train {
namespace {

// Root mean squares in stops. Photos of one exposure measure up to 0.02, for surfaces shine and points hide; in those
// of fox (0.08) and desk (0.14) the differences can be seen (docs/results.md).
constexpr double kLeastExposure = 0.05, kLeastWhiteBalance = 0.03;

}  // namespace

std::string ModeFor(const data::ColorDifferences& differences) {
  if (differences.white_balance >= kLeastWhiteBalance) return "full";
  return differences.exposure >= kLeastExposure ? "exposure" : "off";
}

std::string ChosenColorMode(const data::Dataset& dataset, const ColorConfig& config, const LogSink& log) {
  if (config.mode != "auto") return config.mode;
  const data::ColorDifferences found = data::MeasureColorDifferences(dataset, log);
  std::string mode = ModeFor(found);
  if (found.views.empty()) {
    LogInfo(log, "--color auto: the photos cannot be compared, for too few points are seen by several; off");
    return mode;
  }
  LogInfo(log, StrCat("--color auto: ", found.views.size(), " photos differ by ", FormatFixed(found.exposure, 2),
                      " stops in exposure and ", FormatFixed(found.white_balance, 2), " in white balance; ", mode));
  return mode;
}

}  // namespace splat::train
