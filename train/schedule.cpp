#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace splat::train {
namespace {

constexpr int kMinRefineEvery = 25;     // steps; fewer views say little about a mean gradient
constexpr int kWantedRefinements = 8;   // of a short run: a splat may double at each
constexpr int kWantedRelocations = 80;  // of a short run by kMcmc, which grows by a few per cent at each
constexpr double kSettleShare = 0.15;   // of a short run, before the first refinement: early gradients are all large
constexpr int kMinResetEvery = 1000;    // steps that the opacities need to recover
constexpr int kMinStepsForReset = 5000;
constexpr double kRecoveryShare = 0.1;     // of the run, between the last reset and the end of refinement
constexpr double kReducedShare = 1.0 / 3;  // of the run, at reduced resolution
constexpr int kMaxResolutionLevels = 2;
constexpr int kMinLongerSide = 320;  // pixels

// An option in steps of the reference run, in steps of this one.
int Scaled(int option, int steps) {
  const double scaled = std::round(double(option) * steps / kReferenceSteps);
  return int(std::min(scaled, double(std::numeric_limits<int>::max())));
}

}  // namespace

double MeansLearningRate(const OptimizerConfig& config, int step, int steps) {
  const double done = steps > 0 ? std::clamp(double(step) / steps, 0.0, 1.0) : 1.0;
  return std::exp((1 - done) * std::log(config.means_lr) + done * std::log(config.means_lr_final));
}

int ShDegreeAt(int step, int steps, int every, int max_degree) {
  if (every <= 0) return max_degree;
  return std::min(max_degree, step / std::max(1, Scaled(every, steps)));
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

DensitySchedule::DensitySchedule(const DensityConfig& config, int steps) {
  const int settle = std::min(config.refine_from, int(kSettleShare * steps));
  refine_from_ = std::max(Scaled(config.refine_from, steps), settle);
  refine_until_ = Scaled(config.refine_until, steps);
  const int wanted = config.strategy == kMcmc ? kWantedRelocations : kWantedRefinements;
  const int affordable = std::max(kMinRefineEvery, (refine_until_ - refine_from_) / wanted);
  refine_every_ = std::max({1, Scaled(config.refine_every, steps), std::min(affordable, config.refine_every)});

  const int reset_every =
      std::max(Scaled(config.opacity_reset_every, steps), std::min(kMinResetEvery, config.opacity_reset_every));
  opacity_reset_every_ = steps >= kMinStepsForReset ? reset_every : 0;
  last_reset_ = int(refine_until_ - kRecoveryShare * steps);
}

bool DensitySchedule::Refines(int step) const {
  return step > refine_from_ && step < refine_until_ && step % refine_every_ == 0;
}

bool DensitySchedule::ResetsOpacity(int step) const {
  return opacity_reset_every_ > 0 && step <= last_reset_ && step % opacity_reset_every_ == 0;
}

}  // namespace splat::train
