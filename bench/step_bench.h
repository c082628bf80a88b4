// This bench times the training step on a scene that stays as it is: the learning rates are 0, so that each step does
// all of its work and changes nothing.
#pragma once

#include <array>
#include <string>

#include "bench/floor_model.h"
#include "rasterizer/torch/splat_model.h"
#include "train/training_backend.h"

namespace splat::bench {

struct StepBenchOptions {
  int steps = 200, warmup = 50;
  int stage_steps = 50;  // of a further run, in which each stage is timed by itself
  int sampled_tiles = 512;
};

// How the times of several steps are spread, in ms.
struct Spread {
  double median = 0, low = 0, high = 0;  // low, high: a tenth of the steps lie below and above
};

struct StepBenchResult {
  StepCounts counts;
  Spread step_ms;
  double steps_per_s = 0;                         // of the whole run, by the wall clock
  std::array<double, kStepStages> stage_ms = {};  // medians
  int64_t peak_bytes = 0;  // held by LibTorch of a GPU's memory; on the CPU the process's largest resident size so far
};

// `model` is moved to the backend's device.
StepBenchResult BenchStep(const train::Backend& backend, const SplatModel& model, const Camera& camera,
                          const StepBenchOptions& options);

}  // namespace splat::bench
