// Density control: decides which splats are cloned, split and removed. An interface, because there is more than one
// way.
#pragma once

#include <memory>
#include <string>

#include "core/random.h"
#include "train/config.h"
#include "train/model_optimizer.h"

namespace splat::train {

// What a strategy sees of a step; it may change the number of splats through density_ops.h only.
struct StepContext {
  int step = 0;       // 1 at the first
  double extent = 1;  // of the scene
  SplatModel* model = nullptr;
  ModelOptimizer* optimizer = nullptr;
  Random* random = nullptr;
};

// Screen statistics of the splats, on the backend's device, to which the backward pass of each view adds.
struct DensityStatistics {
  torch::Tensor gradient_sum;  // [N] sum over views of |dL/d(mean in normalised device coordinates)|; undefined: no
                               // statistics are wanted
  torch::Tensor seen;          // [N] int32: views in which the splat was visible
  bool absolute = false;       // of the gradient with absolute values taken per pixel
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  // Before the step: what its backward pass is to add to.
  virtual DensityStatistics Collect(const StepContext& context) = 0;
  // After the optimiser. Returns whether the model's tensors were replaced.
  virtual bool Update(const StepContext& context) = 0;
};

struct DensityLimits {
  int64_t gaussians = 0;  // the most splats
  int64_t pixels = 0;     // of a photo at full resolution, the largest; for DensityConfig::visible_per_pixel
};
// `steps`: of the run.
std::unique_ptr<Strategy> MakeDefaultStrategy(const DensityConfig& config, int steps, const DensityLimits& limits);

}  // namespace splat::train
