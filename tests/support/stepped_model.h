// Tests edit the rows of this model and of its moments.
#pragma once

#include "core/random.h"
#include "rasterizer/torch/render.h"
#include "tests/support/model_tensors.h"
#include "tests/support/torch_scenes.h"
#include "train/model_optimizer.h"

namespace splat::testing {

// A model whose optimiser has taken one step, so that the moments are not zero.
struct SteppedModel {
  SplatModel model = RandomModel(6, 1, 4);
  train::ModelOptimizer optimizer{model, train::OptimizerConfig{}};
  Random random{9};

  SteppedModel() {
    SetRequiresGrad(model, true);
    Step();
  }
  void Step() {
    for (torch::Tensor* tensor : TensorsOf(model)) tensor->mutable_grad() = torch::Tensor();
    Render(model, FrontCamera(40, 40), {}).image.square().sum().backward();
    optimizer.Step(model, {1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3});
  }
};

}  // namespace splat::testing
