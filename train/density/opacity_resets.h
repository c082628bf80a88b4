// An opacity reset cuts all opacities now and then, so that splats that are not needed stay transparent and are pruned
// (Kerbl et al. 2023, section 5.2).
#pragma once

#include "rasterizer/torch/splat_model.h"
#include "train/model_optimizer.h"
#include "train/schedule.h"

namespace splat::train {

// The resets say when opacities are cut. They are at least 3,000 steps apart, or as far as the option says if that is
// less, so a short run has none. No reset falls into the last tenth of the run before the densification steps end,
// because the opacities must recover first.
class OpacityResets {
 public:
  // `every` counts steps of the reference run; 0 means never.
  OpacityResets(int every, const DensitySchedule& schedule);

  // Whether opacities are cut after this step and its densification.
  bool After(int step) const;

 private:
  int every_ = 0, last_ = 0;
};

// Cuts opacities to at most `opacity` and forgets their moments.
void ResetOpacity(SplatModel& model, ModelOptimizer& optimizer, double opacity);

}  // namespace splat::train
