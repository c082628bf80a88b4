// One step of training below autograd: render, loss, gradient and Adam, through the stages of one backend. The
// gradients of the parameters never reach memory that lasts (train/kernels/update/backward_adam.h).
#pragma once

#include "rasterizer/pipeline.h"
#include "rasterizer/torch/host_readback.h"
#include "rasterizer/torch/pass_workspace.h"
#include "rasterizer/torch/render.h"
#include "rasterizer/torch/torch_device.h"
#include "train/backend.h"
#include "train/density/strategy.h"
#include "train/model_optimizer.h"
#include "train/photo_store.h"

namespace splat::train {

struct StepInput {
  TrainPhoto photo;
  RenderSettings settings;
  LossConfig loss;
  LearningRates rates = {};
  DensityStatistics statistics;
};

class TrainStep {
 public:
  explicit TrainStep(const Backend& backend);

  // On a GPU the work is queued; only the first step waits for the number of instances, later ones predict it (see
  // rasterizer/torch/pass_workspace.h). Memory is kept from step to step: it is allocated only where splats, instances
  // or pixels are more than ever before.
  void Run(SplatModel& model, ModelOptimizer& optimizer, const StepInput& input);

  // Of the last Run, without the penalties on splats; waits for it.
  double Loss();
  // The same in two parts: the first queues the reading of the last Run's loss, the second waits for what was queued
  // last. In between a GPU may be given more to do.
  void QueueLoss();
  double QueuedLoss();

 private:
  // What the passes leave for the last stage.
  struct Gradient {
    kernels::ProjectBackwardParams<float> backward;
    bool predicted = false;  // as PassResult says
  };
  Gradient QueuePasses(const KernelContext& context, const PassInput<float>& scene, const StepInput& input);

  Backend backend_;
  ReusedScratch scratch_;
  PassWorkspace workspace_;
  torch::Tensor sums_;  // [2] double on the device: LossSums
  HostReadback host_sums_;
  double ssim_weight_ = 0;         // of the last Run
  double queued_ssim_weight_ = 0;  // of the run whose loss is queued
  bool colors_varied_ = false;     // a step has used a degree above 0
};

}  // namespace splat::train
