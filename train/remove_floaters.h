// Floaters, splats that no two photos support (scene/floaters.h), are removed here from a model in training.
#pragma once

#include <cstdint>

#include "core/log.h"
#include "core/random.h"
#include "data/dataset/dataset.h"
#include "rasterizer/torch/splat_model.h"
#include "scene/floaters.h"
#include "train/model_optimizer.h"
#include "train/ranks.h"
#include "train/settings/config.h"
#include "train/training_backend.h"

namespace splat::train {

// Looks at the model, which lies on the backend's device, from all training views: for each as much work as a step, but
// for the loss and the update.
SupportTally SupportInTraining(const SplatModel& model, const Backend& backend, const data::Dataset& dataset);

// A model in training, and what densification has beside it.
struct ModelInTraining {
  SplatModel& model;
  ModelOptimizer& optimizer;
  Random& random;  // nothing is drawn from it
};

// Removes them from model and moments, and says in one line how many and why. Where the verdicts are not to be trusted
// (Floaters::objection), or the memory does not suffice, nothing is removed, with a warning. Each of several ranks does
// this and finds the same; a rank that lacks memory throws what LibTorch does, because the others go on with another
// model.
FloaterCounts RemoveFloaters(const ModelInTraining& training, const data::Dataset& dataset, const Ranks& ranks,
                             const LogSink& log);

// Whether a training with floaters removed does so after this step of a run of `steps`: when the last splats have been
// added, so that the steps that follow close what gaps there are, and at the end, where what has moved since is found.
bool RemovesFloatersAfter(const TrainConfig& config, int step, int steps);

}  // namespace splat::train
