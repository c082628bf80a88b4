#include "train/step_losses.h"

#include <cmath>

namespace splat::train {

void StepLosses::AfterStep(bool is_last) {
  ReadQueued();
  train_step_.QueueLoss();
  is_queued_ = true;
  if (!is_device_ || !is_known_ || is_last) ReadQueued();
}

void StepLosses::ReadQueued() {
  if (!is_queued_) return;
  last_ = train_step_.QueuedLoss();
  is_known_ = true;
  is_queued_ = false;
  const int64_t unusable_step = train_step_.LastUnusableStep();
  if (unusable_step > last_unusable_step_ || !std::isfinite(last_)) ++unusable_;
  last_unusable_step_ = unusable_step;
}

}  // namespace splat::train
