// The edits of density control: the only code that changes the number of splats. Model and moments stay aligned.
#pragma once

#include <vector>

#include "core/random.h"
#include "rasterizer/splat_model.h"
#include "train/kernels/density_stages.h"
#include "train/model_optimizer.h"

namespace splat::train {

using kernels::kSplitShrink;
using kernels::SplatFate;

// Applies one fate per splat: [N] uint8 on the device of the optimizer's backend, counted in `counts`. The rows change
// in place, as kernels::PlanParams says which. New splats start with zero moments. The children's offsets are drawn
// from `random` in index order. `limit`: the model will not exceed so many splats. All or nothing: if the memory does
// not hold what is needed beside the model, the model stays.
void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const torch::Tensor& fates,
                const kernels::FateCounts& counts, int64_t limit, Random& random);
// The same from the host, without a limit.
void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const std::vector<SplatFate>& fates, Random& random);

// Cuts opacities to at most `opacity` and forgets their moments.
void ResetOpacity(SplatModel& model, ModelOptimizer& optimizer, double opacity);

// Re-orders the splats along a Morton curve through their box: neighbours in space come to lie near each other in
// memory, which new splats, added at the end, do not. The picture stays the same but for splats of equal depth.
void SortByMortonCode(SplatModel& model, ModelOptimizer& optimizer);

}  // namespace splat::train
