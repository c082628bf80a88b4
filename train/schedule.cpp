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
constexpr int kMinLongerSide = 320;  // pixels

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
