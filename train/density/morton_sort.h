// Splats that are neighbours in space are brought together in memory, where densification has scattered them.
#pragma once

#include "rasterizer/torch/splat_model.h"
#include "train/model_optimizer.h"

namespace splat::train {

// Re-orders the splats along a Morton curve through their box: neighbours in space come to lie near each other in
// memory, which new splats, added at the end, do not. The image stays the same except for splats of equal depth.
void SortByMortonCode(SplatModel& model, ModelOptimizer& optimizer);
// Whether to sort after densification step number `densifications`, counted from 1: on a GPU now and then.
bool SortsAfter(int densifications, const Backend& backend);

}  // namespace splat::train
