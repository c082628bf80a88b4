// The edits of densification are the only code that changes the number of splats. Model and moments stay aligned.
#pragma once

#include <vector>

#include "core/random.h"
#include "rasterizer/torch/splat_model.h"
#include "train/kernels/density/density_stages.h"
#include "train/model_optimizer.h"

namespace splat::train {

// Applies one fate per splat: [N] uint8 on the device of the optimizer's backend, counted in `counts`. The rows change
// in place, as PlanParams says which. New splats start with zero moments. The children's offsets are drawn from
// `random` in index order. The model will not exceed `limit` splats. It does everything or nothing: if the memory does
// not hold what is needed beside the model, the model is not changed.
void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const torch::Tensor& fates, const FateCounts& counts,
                int64_t limit, Random& random);
// Applies fates that lie on the host, without a limit.
void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const std::vector<SplatFate>& fates, Random& random);

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

// Lets nearly transparent splats take one step of a random walk (Walk). `rate` is in 1 / unit of length.
void AddNoise(SplatModel& model, const Backend& backend, double rate, Random& random);

// Re-orders the splats along a Morton curve through their box: neighbours in space come to lie near each other in
// memory, which new splats, added at the end, do not. The image stays the same except for splats of equal depth.
void SortByMortonCode(SplatModel& model, ModelOptimizer& optimizer);
// Whether to sort after densification step number `densifications`, counted from 1: on a GPU now and then.
bool SortsAfter(int densifications, const Backend& backend);

}  // namespace splat::train
