#include "train/training_progress.h"

#include <algorithm>
#include <cmath>

namespace splat::train {

TrainProgress ProgressMeter::Update(int step, double loss, int64_t splats) {
  constexpr double kMemory = 0.98;  // about 50 steps
  const double weight = started_ ? kMemory : 0;
  started_ = true;
  if (std::isfinite(loss)) {  // one bad photo would hide the loss of all others for good
    loss_ = has_loss_ ? kMemory * loss_ + (1 - kMemory) * loss : loss;
    has_loss_ = true;
  }
  const Clock::time_point now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  seconds_per_step_ = weight * seconds_per_step_ + (1 - weight) * seconds;
  return {step, steps_, loss_, splats, 1 / std::max(seconds_per_step_, 1e-9), seconds_per_step_ * (steps_ - step)};
}

}  // namespace splat::train
