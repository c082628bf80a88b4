// This header computes the learning rates of a splat's arrays over the course of a run.
#pragma once

#include "scene/splat_arrays.h"
#include "train/settings/config.h"

namespace splat::train {

using LearningRates = SplatArraysOf<double>;

// Returns the rate of the means in units of the scene's extent. It goes from means_lr to means_lr_final, which it has
// at the last step; its logarithm falls linearly. Steps count from 1, the first, to `steps`, the last.
double MeansLearningRate(const OptimizerConfig& config, int step, int steps);

// Returns the rate of a photo's colours (train/color_term.h), which get `updates` updates in the run. Its highest value
// is config.rate or, if that is more, the rate at which the updates can add up to config.reach. It begins at 1 % of
// that, rises over 500 (of 30,000) steps, and falls to 1 % of it, with its logarithm falling linearly.
double ColorLearningRate(const ColorConfig& config, double updates, int step, int steps);
// Returns the rate of a lens's vignetting, whose highest value is config.rate: most steps update the same lens.
double LensLearningRate(const ColorConfig& config, int step, int steps);

// Returns the rates of a step. The rate of the means is multiplied by the scene's extent; the others are as configured.
LearningRates LearningRatesAt(const OptimizerConfig& config, double extent, int step, int steps);

}  // namespace splat::train
