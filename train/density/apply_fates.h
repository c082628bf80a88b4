// Splats are cloned, split and pruned here, each by its fate. This and train/density/relocation.h are the only code
// that changes the number of splats; model and moments stay aligned.
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

}  // namespace splat::train
