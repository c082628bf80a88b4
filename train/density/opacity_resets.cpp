#include "train/density/opacity_resets.h"

#include <algorithm>

#include "rasterizer/math/activation.h"
#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"
#include "train/training_backend.h"

namespace splat::train {
namespace {

constexpr int kMinResetEvery = 3000;    // steps that the opacities need to recover, as published
constexpr double kRecoveryShare = 0.1;  // of the run, between the last reset and the end of densification

}  // namespace

OpacityResets::OpacityResets(int every, const DensitySchedule& schedule) {
  const int steps = schedule.steps();
  every_ = std::max(ScaledSteps(every, steps), std::min(kMinResetEvery, every));
  last_ = int(schedule.refine_until() - kRecoveryShare * steps);
}

bool OpacityResets::After(int step) const {
  return every_ > 0 && step <= last_ && step % every_ == 0;
}

void ResetOpacity(SplatModel& model, ModelOptimizer& optimizer, double opacity) {
  const Backend& backend = optimizer.backend();
  const StageScope scope(backend.device);
  backend.density.clamp_opacity(scope.context(),
                                PointerTo<float>(model.opacity_logits, {-1}, "opacity_logits", backend.device),
                                model.count(), float(math::Logit(opacity)));
  optimizer.ResetMoments(kOpacityLogits);
}

}  // namespace splat::train
