// Takes floaters out of a model in training: splats that no two photos support (scene/floaters.h).
#pragma once

#include <cstdint>

#include "core/log.h"
#include "core/random.h"
#include "data/dataset/dataset.h"
#include "rasterizer/torch/splat_model.h"
#include "scene/floaters.h"
#include "train/backend.h"
#include "train/model_optimizer.h"
#include "train/settings/config.h"

namespace splat::train {

// Looks at the model, which lies on the backend's device, from all training views: for each as much work as a step, but
// for the loss and the update. Of several ranks, each does it and finds the same.
SupportTally SupportInTraining(const SplatModel& model, const Backend& backend, const data::Dataset& dataset);

// Removes them from model and moments, and says in one line how many and why. Where there is no memory to look, or the
// verdicts are not to be trusted (Floaters::objection), nothing is removed, with a warning. Draws nothing from
// `random`.
FloaterCounts RemoveFloaters(SplatModel& model, ModelOptimizer& optimizer, const data::Dataset& dataset, Random& random,
                             const LogSink& log);

// Whether a training with floaters removed does so after this step of a run of `steps`: when the last splats have been
// added, so that the steps that follow close what gaps there are, and at the end, where what has moved since is found.
bool RemovesFloatersAfter(const TrainConfig& config, int step, int steps);

}  // namespace splat::train
