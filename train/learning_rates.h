// The learning rates of a splat's arrays in the course of a run.
#pragma once

#include "scene/splat_arrays.h"
#include "train/settings/config.h"

namespace splat::train {

using LearningRates = SplatArraysOf<double>;

// Returns the rate of the means in units of the scene's extent. It goes from means_lr to means_lr_final, which it has
// at the last step; its logarithm falls linearly. Steps count from 1, the first, to `steps`, the last.
double MeansLearningRate(const OptimizerConfig& config, int step, int steps);

// Returns the rates of a step. That of the means is multiplied by the scene's extent; the others stay as configured.
LearningRates LearningRatesAt(const OptimizerConfig& config, double extent, int step, int steps);

}  // namespace splat::train
