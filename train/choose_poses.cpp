#include "train/choose_poses.h"

#include "core/check.h"
#include "core/format.h"
#include "train/schedule.h"

namespace splat::train {
namespace {

// Mean over the points, px of a photo whose longer side is data::kReprojectionSide_px: what structure from motion
// reaches on sharp photos of a scene that stands still.
constexpr double kSmallError_px = 1;
// Of each camera: the first ones show whether the poses are right (train/pose_refinement.h), the others mend them.
constexpr int kFewestMoves = 10;
constexpr int kFewestPhotos = 8;  // of fewer, a scene with wrong poses shows as much as one with right poses

}  // namespace

std::string ChosenPoseRefinement(const data::Dataset& dataset, const PoseConfig& config, int steps,
                                 const LogSink& log) {
  if (config.refine != "auto") return config.refine;
  const auto choose = [&](bool refine, const std::string& reason) -> std::string {
    LogInfo(log, StrCat("--refine-poses auto: ", reason, "; ", refine ? "on until they are right" : "off"));
    return refine ? "auto" : "off";
  };
  const int cameras = int(dataset.ViewsOf(Split::kTrain).size());
  if (cameras < kFewestPhotos) return choose(false, StrCat(cameras, " photos are too few for it"));
  const PoseWindow window = PoseWindowOf(config, steps);
  if (window.until - window.from < kFewestMoves * cameras) {
    return choose(false, StrCat("a run of ", steps, " steps with ", cameras, " photos is too short for it"));
  }
  const double error = dataset.reprojection_error_px;
  if (error < 0) return choose(true, "the poses came without reprojection errors of points");
  return choose(error > kSmallError_px, StrCat("the points that came with the poses are off by ", FormatFixed(error, 2),
                                               " px of ", FormatFixed(data::kReprojectionSide_px, 0), " in the mean"));
}

}  // namespace splat::train
