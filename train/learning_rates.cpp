#include "train/learning_rates.h"

#include <algorithm>
#include <cmath>

#include "train/schedule.h"

namespace splat::train {
namespace {

constexpr double kDecay = 0.01;    // of the highest rate of colours, at the end
constexpr int kColorWarmUp = 500;  // steps of the reference run; they begin at kDecay, too

// The rate, or if that is more, the highest one by which so many updates, as it falls by kDecay^t over 0 <= t <= 1, add
// up to the reach.
double HighestRate(double rate, double reach, double updates) {
  const double mean_share = (1 - kDecay) / -std::log(kDecay);
  return std::max(rate, reach / (mean_share * std::max(1.0, updates)));
}

double ShareOfColorRate(int step, int steps) {
  const double warm_up = std::max(1, ScaledSteps(kColorWarmUp, steps));
  const double warmth = kDecay + (1 - kDecay) * std::min(1.0, step / warm_up);
  return warmth * std::pow(kDecay, double(step) / std::max(1, steps));
}

}  // namespace

double MeansLearningRate(const OptimizerConfig& config, int step, int steps) {
  const double done = steps > 0 ? std::clamp(double(step) / steps, 0.0, 1.0) : 1.0;
  return std::exp((1 - done) * std::log(config.means_lr) + done * std::log(config.means_lr_final));
}

double ColorLearningRate(const ColorConfig& config, double updates, int step, int steps) {
  return HighestRate(config.rate, config.reach, updates) * ShareOfColorRate(step, steps);
}

double LensLearningRate(const ColorConfig& config, int step, int steps) {
  return config.rate * ShareOfColorRate(step, steps);
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
