// The training loop: one view a step, render, loss, gradient, Adam, density control.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "rasterizer/torch/splat_model.h"
#include "train/backend.h"
#include "train/settings/config.h"

namespace splat::train {

struct TrainProgress {
  int step = 0, steps = 0;  // done, in all
  double loss = 0;          // exponential mean over about 50 steps
  int64_t splats = 0;
  double steps_per_second = 0;  // recent
  double seconds_left = 0;      // estimate that knows that splats grow and the resolution rises
};

struct TrainResult {
  SplatModel model;  // without gradients, sane values only
  int steps_done = 0;
  bool interrupted = false;
  double seconds = 0;  // of the loop
};

struct TrainCallbacks {
  std::function<void(const TrainProgress&)> progress;  // after every step; may be empty
  std::function<bool()> stop;                          // asked after every step; true ends the training in order
  LogSink log;
};

// Trains on the dataset's training views. The same dataset, config and seed give the same bits on the CPU, at any
// number of threads. Throws splat::Error for what cannot be trained.
// A device that runs out of memory in the course of a training ends it in order, with a warning: what has been trained
// is kept.
TrainResult Train(const data::Dataset& dataset, const TrainConfig& config, const TrainCallbacks& callbacks);

// The same on a given backend; config.device is not looked at.
TrainResult TrainOn(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                    const TrainCallbacks& callbacks);

// The steps of a run: config.iterations, or the device's default where that is 0.
int StepsOf(const TrainConfig& config, bool cuda);

}  // namespace splat::train
