#include "train/learning_rates.h"

#include <algorithm>
#include <cmath>

#include "train/schedule.h"

namespace splat::train {
namespace {

constexpr double kColorDecay = 0.01;  // of the highest rate, at the beginning and at the end
constexpr int kColorWarmUp = 500;     // steps of the reference run

// The mean of kColorDecay^t over a run, 0 <= t <= 1: 0.215 of the highest rate.
double MeanShareOfColorRate() {
  return (1 - kColorDecay) / -std::log(kColorDecay);
}

constexpr double kPoseDecay = 0.01;       // of the first rate, at the end of the window
constexpr double kPoseMeanRate = 0.215;   // of kPoseDecay^t over the window, 0 <= t <= 1: (1 - 0.01) / ln 100
constexpr double kPoseSettleShare = 0.1;  // of a short run, before poses move

double ShareOfColorRate(int step, int steps) {
  const double warm_up = std::max(1, ScaledSteps(kColorWarmUp, steps));
  const double warmth = kColorDecay + (1 - kColorDecay) * std::min(1.0, step / warm_up);
  return warmth * std::pow(kColorDecay, double(step) / std::max(1, steps));
}

}  // namespace

double MeansLearningRate(const OptimizerConfig& config, int step, int steps) {
  const double done = steps > 0 ? std::clamp(double(step) / steps, 0.0, 1.0) : 1.0;
  return std::exp((1 - done) * std::log(config.means_lr) + done * std::log(config.means_lr_final));
}

double ColorLearningRate(const ColorConfig& config, double updates, int step, int steps) {
  const double highest = std::max(config.rate, config.reach / (MeanShareOfColorRate() * std::max(1.0, updates)));
  return highest * ShareOfColorRate(step, steps);
}

double LensLearningRate(const ColorConfig& config, int step, int steps) {
  return config.rate * ShareOfColorRate(step, steps);
}

PoseWindow PoseWindowOf(const PoseConfig& config, int steps) {
  const int settle = std::min(config.from, int(kPoseSettleShare * steps));
  return {std::max(ScaledSteps(config.from, steps), settle), int(config.until * steps)};
}

double PoseLearningRate(const PoseConfig& config, double updates, int step, const PoseWindow& window) {
  const double highest = std::max(config.rate, config.reach / (kPoseMeanRate * std::max(1.0, updates)));
  const double done = double(step - window.from) / std::max(1, window.until - window.from);
  return highest * std::pow(kPoseDecay, std::clamp(done, 0.0, 1.0));
}

LearningRates LearningRatesAt(const OptimizerConfig& config, double extent, int step, int steps) {
  return {extent * MeansLearningRate(config, step, steps),
          config.log_scales_lr,
          config.quats_lr,
          config.opacity_logits_lr,
          config.sh_dc_lr,
          config.sh_rest_lr};
}

}  // namespace splat::train
