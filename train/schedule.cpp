#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace splat::train {
namespace {

constexpr int kMinRefineEvery = 25;        // steps; fewer views say little about a mean gradient
constexpr double kSettleShare = 0.15;      // of a short run, before densification begins: early gradients are all large
constexpr double kPoseSettleShare = 0.2;   // of a short run, before poses move
constexpr double kReducedShare = 1.0 / 3;  // of the run, at reduced resolution
constexpr int kMaxResolutionLevels = 2;
constexpr int kMinLongerSide = 320;                 // pixels
constexpr double kDistortionSettleShare = 1.0 / 3;  // of the steps in which poses move, before distortions change
constexpr int kDistortions = 8;                     // changes of each lens
constexpr int kPassesOfDistortion = 2;              // over the photos, at least, for each of them

}  // namespace

int ScaledSteps(int option, int steps) {
  const double scaled = std::round(double(option) * steps / kReferenceSteps);
  return int(std::min(scaled, double(std::numeric_limits<int>::max())));
}

int BeginningOf(int from, double share, int steps) {
  return std::max(ScaledSteps(from, steps), std::min(from, int(share * steps)));
}

int ShDegreeAt(int step, int steps, int every, int max_degree) {
  if (every <= 0) return max_degree;
  return std::min(max_degree, step / std::max(1, ScaledSteps(every, steps)));
}

int DownscaleAt(int step, int steps, int levels) {
  if (levels <= 0) return 1;
  const double level_steps = kReducedShare * steps / levels;
  const double passed = std::floor(step / level_steps);
  return passed >= levels ? 1 : 1 << (levels - int(passed));
}

int ChooseResolutionLevels(int width, int height) {
  int levels = 0;
  while (levels < kMaxResolutionLevels && (std::max(width, height) >> (levels + 1)) >= kMinLongerSide) ++levels;
  return levels;
}

PoseWindow PoseWindowOf(const PoseConfig& config, int steps) {
  return {BeginningOf(config.from, kPoseSettleShare, steps), int(config.until * steps)};
}

PoseWindow DistortionWindowOf(const PoseConfig& config, int steps) {
  const PoseWindow poses = PoseWindowOf(config, steps);
  return {poses.from + int(kDistortionSettleShare * (poses.until - poses.from)), poses.until};
}

DistortionStep DistortionStepAt(const PoseWindow& window, int step, int photos) {
  const int passes = photos > 0 ? std::max(0, window.until - window.from) / photos : 0;
  const int changes = std::min(kDistortions, passes > 1 ? passes / kPassesOfDistortion : passes);
  for (int change = 1; change <= changes; ++change) {
    const int end = window.from + photos * int(int64_t(change) * passes / changes);
    if (step > end - photos && step <= end) return step == end ? DistortionStep::kChange : DistortionStep::kLook;
  }
  return DistortionStep::kNone;
}

DensitySchedule::DensitySchedule(const DensityConfig& config, int steps, int wanted_densifications) : steps_(steps) {
  refine_from_ = BeginningOf(config.refine_from, kSettleShare, steps);
  refine_until_ = ScaledSteps(config.refine_until, steps);
  const int affordable = std::max(kMinRefineEvery, (refine_until_ - refine_from_) / wanted_densifications);
  refine_every_ = std::max({1, ScaledSteps(config.refine_every, steps), std::min(affordable, config.refine_every)});
}

bool DensitySchedule::Densifies(int step) const {
  return step > refine_from_ && step < refine_until_ && step % refine_every_ == 0;
}

}  // namespace splat::train
