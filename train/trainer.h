// The trainer runs the training loop; each step renders one view, computes the loss and its gradient, applies Adam and
// lets the strategy densify.
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
// number of threads. Throws splat::Error for input that cannot be trained on. A failure in the course of a training,
// such as lack of memory, ends it in order, with a warning, and the result so far is kept.
TrainResult Train(const data::Dataset& dataset, const TrainConfig& config, const TrainCallbacks& callbacks);

// Trains on a given backend; config.device is ignored. If there are several ranks, each calls this function, with the
// same dataset and config and with callbacks that stop all of them at the same step; all end with the same bits.
TrainResult TrainOn(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                    const TrainCallbacks& callbacks, const Ranks& ranks = {});

// A training begins with this. The config has a definite value wherever it said "auto".
struct TrainStart {
  TrainConfig config;
  TrainState state;
};
TrainStart BeginTraining(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                         const LogSink& log);

// Continues a training from a state, which is on the backend's device and belongs to the dataset and the config: those
// of BeginTraining, or of the training that it was taken from. After a step the callbacks see the state as that step
// has left it. If a training is stopped and its state, or a Clone, is trained further, the end has the bits of a
// training that was not stopped. The result shares the state's memory on the CPU.
TrainResult ContinueTraining(TrainState& state, const Backend& backend, const data::Dataset& dataset,
                             const TrainConfig& config, const TrainCallbacks& callbacks, const Ranks& ranks = {});

}  // namespace splat::train
