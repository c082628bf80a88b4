// The stages of a timed backend tell a recorder when they begin and end, so that the time of each is taken within the
// real training step.
#pragma once

#include <array>
#include <vector>

#include "bench/floor_model.h"
#include "bench/timeline.h"
#include "train/training_backend.h"

namespace splat::bench {

// While it lives, `backend()` can be trained on. One at a time in a process: a backend is a table of plain functions.
class TimedBackend {
 public:
  explicit TimedBackend(const train::Backend& backend);
  ~TimedBackend();
  TimedBackend(const TimedBackend&) = delete;
  TimedBackend& operator=(const TimedBackend&) = delete;

  const train::Backend& backend() const { return timed_; }
  // Returns the milliseconds of each stage's calls since the last time, and waits for them.
  std::array<std::vector<double>, kStepStages> TakeTimes();

 private:
  struct Call {
    StepStage stage;
    int begin, end;
  };

  template <typename Work>
  static auto Time(StepStage stage, const Work& work);

  static TimedBackend* active_;
  train::Backend real_, timed_;
  Timeline timeline_;
  std::vector<Call> calls_;
};

}  // namespace splat::bench
