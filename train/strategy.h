// Density control: decides which splats are cloned, split and removed. An interface, because there is more than one
// way.
#pragma once

#include <memory>
#include <string>

#include "core/random.h"
#include "rasterizer/render.h"
#include "train/config.h"
#include "train/model_optimizer.h"

namespace splat::train {

// What a strategy sees of a step; it may change the number of splats through density_ops.h only.
struct StepContext {
  int step = 0;                        // 1 at the first
  int width = 0, height = 0;           // px of the rendered picture
  double extent = 1;                   // of the scene
  const RenderStats* stats = nullptr;  // of the step's picture, after the backward pass
  SplatModel* model = nullptr;
  ModelOptimizer* optimizer = nullptr;
  Random* random = nullptr;
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  // After the backward pass, before the optimiser.
  virtual void Observe(const StepContext& context) = 0;
  // After the optimiser. Returns whether the model's tensors were replaced.
  virtual bool Update(const StepContext& context) = 0;
};

// `steps`: of the run; `max_gaussians`: the limit in force.
std::unique_ptr<Strategy> MakeDefaultStrategy(const DensityConfig& config, int steps, int64_t max_gaussians);

}  // namespace splat::train
