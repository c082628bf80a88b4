#include "train/learning_rates.h"

#include <algorithm>
#include <cmath>

namespace splat::train {

double MeansLearningRate(const OptimizerConfig& config, int step, int steps) {
  const double done = steps > 0 ? std::clamp(double(step) / steps, 0.0, 1.0) : 1.0;
  return std::exp((1 - done) * std::log(config.means_lr) + done * std::log(config.means_lr_final));
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
