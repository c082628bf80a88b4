// The update is how the gradient of a step moves the model. The fused way makes each gradient and uses it at once, so
// that it reaches no memory that lasts; the reduced way keeps the gradients, so that they can be summed over the views
// of a step and over ranks before they are used. For one view and one rank both give the same bits.
#pragma once

#include <memory>

#include "rasterizer/kernels/kernels.h"
#include "rasterizer/torch/splat_model.h"
#include "train/kernels/update/backward_adam.h"
#include "train/model_optimizer.h"
#include "train/ranks.h"
#include "train/training_backend.h"

namespace splat::train {

// The passes leave this for a view. Its arrays are not used after the call that takes it.
struct ViewGradient {
  kernels::ProjectBackwardParams<float> backward;  // all but the outputs
  DensityStatsView density;                        // what the view adds to
};

// A model step says what is moved, and what moves it besides the views' gradients.
struct ModelStep {
  SplatModel* model = nullptr;
  ModelOptimizer* optimizer = nullptr;
  LearningRates rates = {};
  SplatPenalty penalty;                  // of the step, whatever its number of views and ranks
  double* last_unusable_step = nullptr;  // [1] on the device, as AdamParams has it
};

class Update {
 public:
  virtual ~Update() = default;
  // Adds a view whose step has further views: nothing moves yet. Throws splat::Error if the update takes only one view
  // a step.
  virtual void Add(const KernelContext& context, const ViewGradient& view) = 0;
  // Takes the last view of a step: the model moves by the sum of the views' gradients, and the statistics of
  // densification have all of them.
  virtual void Finish(const KernelContext& context, const ViewGradient& view, const ModelStep& step) = 0;
};

// Makes the fused update, under which a step has one view.
std::unique_ptr<Update> MakeFusedUpdate(const Backend& backend);

// Makes the reduced update. Its gradients take as much memory as the model, and twice that in a step of several views.
// `sum` is given the gradients of a step, without penalties, as a flat tensor on the device. It may be empty.
std::unique_ptr<Update> MakeReducedUpdate(const Backend& backend, SumOverRanks sum = {});

// Makes an update that moves nothing and takes any number of views: for the terms and cameras of a model that is done.
std::unique_ptr<Update> MakeNoUpdate();

}  // namespace splat::train
