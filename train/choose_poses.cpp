#include "train/choose_poses.h"

#include <algorithm>

#include "core/check.h"
#include "core/format.h"
#include "train/schedule.h"

namespace splat::train {
namespace {

// Mean over the points, px of a photo whose longer side is data::kReprojectionSide_px: what structure from motion
// reaches on sharp photos of a scene that stands still.
constexpr double kSmallError_px = 1;
// Of each camera: each move goes 0.4 of the way, so that less than a tenth of it is left after them.
constexpr int kFewestMoves = 5;
constexpr char kOff[] = "off";

}  // namespace

std::string ChosenPoseRefinement(const data::Dataset& dataset, const PoseConfig& config, int steps,
                                 const LogSink& log) {
  if (config.refine != "auto") return config.refine;
  const auto choose = [&](const char* choice, const std::string& reason) {
    LogInfo(log, StrCat("--refine-poses auto: ", reason, "; ", choice == kOff ? "off" : "on until they are right"));
    return std::string(choice);
  };
  const int cameras = std::max(1, int(dataset.ViewsOf(Split::kTrain).size()));
  const PoseWindow window = PoseWindowOf(config, steps);
  if (window.until - window.from < kFewestMoves * cameras) {
    return choose(kOff, StrCat("a run of ", steps, " steps with ", cameras, " photos is too short for it"));
  }
  const double error = dataset.reprojection_error_px;
  if (error < 0) return choose("auto", "the poses came without reprojection errors of points");
  return choose(error <= kSmallError_px ? kOff : "auto",
                StrCat("the points that came with the poses are off by ", FormatFixed(error, 2), " px of ",
                       FormatFixed(data::kReprojectionSide_px, 0), " in the mean"));
}

}  // namespace splat::train
