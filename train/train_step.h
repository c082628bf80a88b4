// One step of training runs below autograd: render, terms, loss, gradient and update, through the stages of one
// backend.
#pragma once

#include <memory>

#include "rasterizer/pipeline.h"
#include "rasterizer/torch/host_readback.h"
#include "rasterizer/torch/pass_workspace.h"
#include "rasterizer/torch/render.h"
#include "rasterizer/torch/torch_device.h"
#include "train/density/density_statistics.h"
#include "train/loss_terms.h"
#include "train/model_optimizer.h"
#include "train/pose_loss.h"
#include "train/target.h"
#include "train/training_backend.h"
#include "train/update.h"

namespace splat::train {

struct StepInput {
  Target target;
  RenderSettings settings;
  LossConfig loss;
  LearningRates rates = {};
  DensityStatistics statistics;
  // [kPoseLossNumbers] double on the device: the gradient of the loss with respect to the camera goes here, as
  // kernels::CameraGradientParams has it, and its curvature, as PoseCurvatureParams has it; null if they are not
  // wanted.
  double* pose_loss = nullptr;
  int curvature_numbers = kMotionNumbers;  // PoseCurvatureParams::numbers
};

class TrainStep {
 public:
  // If `update` is null, the fused update is used.
  explicit TrainStep(const Backend& backend, LossTerms terms = {}, std::unique_ptr<Update> update = nullptr);

  // Runs the step's last view, or its only one. On a GPU the work is queued; only the first step waits for the number
  // of instances, later ones predict it (see rasterizer/torch/pass_workspace.h), and a view that turns out to have more
  // is repeated from the render to the gradient of the image. Memory is kept from step to step: it is allocated only if
  // there are more splats, instances or pixels than ever before.
  void Run(SplatModel& model, ModelOptimizer& optimizer, const StepInput& input);
  // Adds a view before the last one, if the update takes several. Only the terms' parameters move yet, and rates are
  // not used.
  void AddView(const SplatModel& model, const StepInput& input);

  // Waits for the loss of the last view, with what the terms add and without the penalties on splats.
  double Loss();
  // These functions are Loss in two parts: the first queues the reading of the last view's loss, the second waits for
  // what was queued last. In between a GPU may be given more to do.
  void QueueLoss();
  double QueuedLoss();
  // Returns, as of the loss that was read last, the number (as ModelMoments has it) of the last step with gradients
  // that were not usable and were left out; 0 if there was none. It comes with the loss, so it costs no waiting.
  int64_t LastUnusableStep() const { return last_unusable_step_; }

 private:
  // The passes leave this for the last stage.
  struct Gradient {
    kernels::ProjectBackwardParams<float> backward;
    kernels::PixelsView<float> rendered;
    const float* compared = nullptr;    // the image that the loss has compared
    const float* grad_image = nullptr;  // of the rendered one
    bool predicted = false;             // as PassResult says
  };
  Gradient QueuePasses(const KernelContext& context, const PassInput<float>& scene, const StepInput& input);
  // The image that is compared, and the gradient of the rendered one.
  struct ComparedImage {
    const float* image = nullptr;
    kernels::PixelsGradView<float> grad;
  };
  ComparedImage QueueLossOf(const KernelContext& context, const kernels::PixelsView<float>& rendered,
                            const StepInput& input);
  void QueuePoseLoss(const KernelContext& context, const Gradient& gradient, const StepInput& input);
  ViewGradient QueueView(const KernelContext& context, const SplatModel& model, const StepInput& input);

  Backend backend_;
  LossTerms terms_;
  std::unique_ptr<Update> update_;
  ReusedScratch scratch_;
  PassWorkspace workspace_;
  double* UnusableStepOnDevice() const { return sums_.data_ptr<double>() + sums_.numel() - 1; }

  // Double on the device: LossSums, behind them what each term adds that adds something, and the last unusable step.
  torch::Tensor sums_;
  HostReadback host_sums_;
  double ssim_weight_ = 0;         // of the last view
  double queued_ssim_weight_ = 0;  // of the view whose loss is queued
  int64_t last_unusable_step_ = 0;
};

}  // namespace splat::train
