// This class makes the steps of a training: photo, render, loss, gradient, update, densification.
#pragma once

#include <memory>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "train/density/strategy.h"
#include "train/model_optimizer.h"
#include "train/photo_feed.h"
#include "train/pose_refinement.h"
#include "train/present_dataset.h"
#include "train/ranks.h"
#include "train/settings/config.h"
#include "train/state.h"
#include "train/step_losses.h"
#include "train/target.h"
#include "train/train_step.h"
#include "train/training_backend.h"

namespace splat::train {

// What a training is given beside its state. The dataset and the config outlive it.
struct TrainingInput {
  const data::Dataset& dataset;
  const TrainConfig& config;
  LogSink log;
  Ranks ranks;
};

// What a training does with its state, which outlives it: nothing in here has to survive a stop.
class Training {
 public:
  Training(TrainState& state, const Backend& backend, const TrainingInput& input);

  int steps() const { return steps_; }
  // Makes the state's next step. The target of a step that has thrown is that of the photo it was about.
  void Step();
  const Target& target() const { return target_; }
  // Returns the loss of the last step. A GPU is not waited for: as long as there are further steps, it is the loss of
  // the step before.
  double loss() const { return losses_.last(); }
  // Reads and uses what the steps have left behind.
  void Finish();

 private:
  StepInput InputOf(int step) const;
  // Lets the scene grow with lenses that have changed.
  void GrowScene();
  // Has the photos undistorted anew whose lenses have changed.
  void UndistortAnew();

  TrainState& state_;
  TrainingInput input_;
  PresentDataset dataset_;  // that of the input, as its lenses are now
  bool is_device_;
  int steps_, levels_;
  PhotoFeed feed_;
  ModelOptimizer optimizer_;
  std::unique_ptr<Strategy> strategy_;
  TrainStep train_step_;
  StepLosses losses_;
  PoseRefinement poses_;
  Target target_;
};

}  // namespace splat::train
