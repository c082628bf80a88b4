// The meter measures loss, speed and time left of a training for whoever watches it.
#pragma once

#include <chrono>
#include <cstdint>

namespace splat::train {

struct TrainProgress {
  int step = 0, steps = 0;  // done, in all
  double loss = 0;          // exponential mean over about 50 steps, of the losses that are finite
  int64_t splats = 0;
  double steps_per_second = 0;  // recent
  double seconds_left = 0;      // at the recent speed
};

class ProgressMeter {
 public:
  // `steps` is the number of steps of the training.
  explicit ProgressMeter(int steps) : steps_(steps) {}

  // Returns the progress; it is called after each step.
  TrainProgress Update(int step, double loss, int64_t splats);

 private:
  using Clock = std::chrono::steady_clock;

  int steps_;
  bool started_ = false, has_loss_ = false;
  double loss_ = 0, seconds_per_step_ = 0;
  Clock::time_point last_ = Clock::now();
};

}  // namespace splat::train
