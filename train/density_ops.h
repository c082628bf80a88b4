// The edits of density control: the only code that changes the number of splats. Model and moments stay aligned.
#pragma once

#include <vector>

#include "core/random.h"
#include "rasterizer/splat_model.h"
#include "train/model_optimizer.h"

namespace splat::train {

// What becomes of each splat at one refinement.
enum class SplatFate : uint8_t {
  kKeep,
  kClone,  // stays, and an equal one is added
  kSplit,  // is replaced by two smaller ones drawn from it
  kRemove
};

// kSplit: the children's scales are the parent's divided by this (Kerbl et al. 2023).
constexpr double kSplitShrink = 1.6;

// Applies one fate [N] per splat. Order of the result: the kept ones, then clones, then the children of splits. New
// splats start with zero moments. The children's offsets are drawn from `random` in index order.
void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const std::vector<SplatFate>& fates, Random& random);

// Cuts opacities to at most `opacity` and forgets their moments.
void ResetOpacity(SplatModel& model, ModelOptimizer& optimizer, double opacity);

}  // namespace splat::train
