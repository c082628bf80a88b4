// The trainer runs the training loop; each step renders one view, computes the loss and its gradient, applies Adam and
// lets the strategy densify.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "core/twist.h"
#include "data/dataset/dataset.h"
#include "rasterizer/torch/splat_model.h"
#include "scene/photo_colors.h"
#include "train/meter.h"
#include "train/ranks.h"
#include "train/settings/config.h"
#include "train/state.h"
#include "train/training_backend.h"

namespace splat::train {

struct TrainResult {
  SplatModel model;                         // without gradients, sane values only
  std::optional<PhotoColors> photo_colors;  // what its photos differ in, where that was learned
  std::string color_mode;                   // that was trained with: off, exposure or full
  std::string refine_poses;                 // whether poses were refined: off or on
  std::string sky;                          // whether it began with splats for the sky: off or on
  std::vector<Twist> motions;               // of the dataset's views, where poses were refined (WithMotions)
  int steps_done = 0;
  bool interrupted = false;
  std::string error;       // what ended the training, if neither the user nor a lack of memory
  double seconds = 0;      // of the loop
  int unusable_steps = 0;  // as TrainState has it
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
