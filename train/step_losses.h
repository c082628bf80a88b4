// This class reads the losses of a training's steps without making a GPU wait.
#pragma once

#include <cstdint>

#include "train/train_step.h"

namespace splat::train {

class StepLosses {
 public:
  // On a device a loss is read one step late, so that the device has the next step to work on meanwhile. `unusable` is
  // increased by each step that had gradients or a loss that were not finite. Both outlive this object.
  StepLosses(TrainStep& train_step, bool is_device, int& unusable)
      : train_step_(train_step), unusable_(unusable), is_device_(is_device) {}

  // Called after each step; the last one is waited for.
  void AfterStep(bool is_last);
  // Waits for a loss that is queued, if there is one.
  void ReadQueued();
  // Returns the loss that was read last: of the last step, or on a device of the step before.
  double last() const { return last_; }

 private:
  TrainStep& train_step_;
  int& unusable_;
  bool is_device_, is_known_ = false, is_queued_ = false;
  double last_ = 0;
  int64_t last_unusable_step_ = 0;  // by the optimizer's count
};

}  // namespace splat::train
