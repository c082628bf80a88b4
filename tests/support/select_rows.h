// Some splats of a model.
#pragma once

#include "rasterizer/torch/splat_model.h"

namespace splat {

// Returns the rows of an int64 index tensor [M], in that order, as a new model without gradient history.
inline SplatModel SelectRows(const SplatModel& model, const torch::Tensor& rows) {
  const torch::NoGradGuard no_grad;
  SplatModel out;
  out.traits = model.traits;
  for (int array = 0; array < kSplatArrays; ++array) out[array] = model[array].detach().index_select(0, rows);
  return out;
}

}  // namespace splat
