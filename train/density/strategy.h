// A strategy of densification decides where splats are added and which are removed. It is an interface, because there
// is more than one strategy. What it remembers is kept in the state of the training, not in the strategy.
#pragma once

#include <memory>

#include "core/random.h"
#include "train/density/density_config.h"
#include "train/density/density_statistics.h"
#include "train/model_optimizer.h"
#include "train/ranks.h"

namespace splat::train {

// This is what a strategy sees of a step; it may change the number of splats only through apply_fates.h and
// relocation.h.
struct StepContext {
  int step = 0;           // 1 at the first
  double extent = 1;      // of the scene
  double means_rate = 0;  // learning rate of the means at this step
  SplatModel* model = nullptr;
  ModelOptimizer* optimizer = nullptr;
  Random* random = nullptr;
  DensityState* density = nullptr;
  Ranks ranks = {};
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  // Returns before the step the statistics to which its backward pass adds.
  virtual DensityStatistics Collect(const StepContext& context) = 0;
  // Updates the model after the optimiser. Returns whether the model's tensors were replaced.
  virtual bool Update(const StepContext& context) = 0;
};

// Makes the strategy that DensityConfig::strategy names (train/density/strategies.h has the table). `steps` is the
// number of steps of the run.
std::unique_ptr<Strategy> MakeStrategy(const DensityConfig& config, int steps, const DensityLimits& limits);

}  // namespace splat::train
