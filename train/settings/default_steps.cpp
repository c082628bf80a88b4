#include "train/settings/default_steps.h"

namespace splat::train {

int StepsOf(const TrainConfig& config, bool cuda) {
  if (config.iterations > 0) return config.iterations;
  return cuda ? kDefaultStepsCuda : kDefaultStepsCpu;
}

}  // namespace splat::train
