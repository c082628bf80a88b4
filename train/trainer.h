// The training loop: one view a step, render, loss, gradient, Adam, densification.
#pragma once

#include <functional>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "rasterizer/torch/splat_model.h"
#include "train/ranks.h"
#include "train/settings/config.h"
#include "train/state.h"
#include "train/train_report.h"
#include "train/training_backend.h"
#include "train/training_progress.h"

namespace splat::train {

struct TrainResult : TrainReport {
  SplatModel model;  // without gradients, sane values only
};

struct TrainCallbacks {
  std::function<void(const TrainProgress&)> progress;  // after every step; may be empty
  std::function<bool()> stop;                          // asked after every step; true ends the training in order
  LogSink log;
};

// Trains on the dataset's training views. The same dataset, config and seed give the same bits on the CPU, at any
// number of threads. Throws splat::Error for what cannot be trained.
// What fails in the course of a training, such as memory that runs out, ends it in order, with a warning: what has been
// trained is kept.
TrainResult Train(const data::Dataset& dataset, const TrainConfig& config, const TrainCallbacks& callbacks);

// Trains on a given backend; config.device is not looked at. Of several ranks each calls this function, with the same
// dataset and config and with callbacks that stop all of them at the same step; all end with the same bits.
TrainResult TrainOn(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                    const TrainCallbacks& callbacks, const Ranks& ranks = {});

// What a training begins with. The config has a choice made wherever it said "auto".
struct TrainStart {
  TrainConfig config;
  TrainState state;
};
TrainStart BeginTraining(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                         const LogSink& log);

// Trains from a state on, which lies on the backend's device and goes with the dataset and the config: those of
// BeginTraining, or of the training that it was taken from. After a step the callbacks find the state as that step has
// left it. Where a training is stopped and its state, or a Clone, is trained on, the end has the bits of a training
// that was not stopped. The result shares the state's memory on the CPU.
TrainResult ContinueTraining(TrainState& state, const Backend& backend, const data::Dataset& dataset,
                             const TrainConfig& config, const TrainCallbacks& callbacks, const Ranks& ranks = {});

}  // namespace splat::train
