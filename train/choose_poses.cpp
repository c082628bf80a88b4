#include "train/choose_poses.h"

#include "core/check.h"
#include "core/format.h"

namespace splat::train {
namespace {

// Mean over the points, px of a photo whose longer side is data::kReprojectionSide_px: what structure from motion
// reaches on sharp photos of a scene that stands still.
constexpr double kSmallError_px = 1;

}  // namespace

std::string ChosenPoseRefinement(const data::Dataset& dataset, const PoseConfig& config, const LogSink& log) {
  if (config.refine != "auto") return config.refine;
  const double error = dataset.reprojection_error_px;
  if (error < 0) {
    LogInfo(log, "--refine-poses auto: the poses came without reprojection errors of points; on");
    return "on";
  }
  const char* const choice = error <= kSmallError_px ? "off" : "on";
  LogInfo(log, StrCat("--refine-poses auto: the points that came with the poses are off by ", FormatFixed(error, 2),
                      " px of ", FormatFixed(data::kReprojectionSide_px, 0), " in the mean; ", choice));
  return choice;
}

}  // namespace splat::train
