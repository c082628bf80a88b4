// The default number of steps of a run depends on the device; this header has both defaults and chooses between them.
#pragma once

#include "train/settings/config.h"

namespace splat::train {

constexpr int kDefaultStepsCpu = 3000;    // docs/training.md says why
constexpr int kDefaultStepsCuda = 30000;  // as Kerbl et al. 2023

// Returns the steps of a run: config.iterations, or the device's default where that is 0.
int StepsOf(const TrainConfig& config, bool cuda);

}  // namespace splat::train
