// Densification as sampling relocates splats (Kheradmand et al. 2024): dead ones go to live ones, and new ones are
// added there.
#pragma once

#include "core/random.h"
#include "rasterizer/torch/splat_model.h"
#include "train/model_optimizer.h"

namespace splat::train {

// The goal of a relocation.
struct RelocationGoal {
  int64_t rows = 0;         // at least as many as the model has
  int64_t limit = 0;        // rows that the model will never exceed: room is made for no more
  double dead_opacity = 0;  // below it a splat is dead; none has less afterwards that has been touched
};
// Moves dead splats to the place of live ones and adds new ones there, each drawn with a probability in proportion to
// the live one's opacity, which all splats that share a place divide among them (DrawParams, ShareOpacity). They are at
// most half as many as the model has, so that the memory needed beside it stays bounded; the dead come first. The
// splats that are changed start with zero moments. Returns whether there was anything to do; without a live splat there
// is not. It does everything or nothing, as ApplyFates does.
bool Relocate(SplatModel& model, ModelOptimizer& optimizer, const RelocationGoal& goal, Random& random);

}  // namespace splat::train
