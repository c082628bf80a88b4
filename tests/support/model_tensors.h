// These functions look at the tensors of a model: all of them, some rows, and whether two models are equal.
#pragma once

#include <array>

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

// Returns the tensors in the order of the list.
template <typename Model>
auto TensorsOf(Model& model) {
  std::array<decltype(&model[0]), kSplatArrays> tensors;
  for (int array = 0; array < kSplatArrays; ++array) tensors[size_t(array)] = &model[array];
  return tensors;
}

// Whether the models have the same shapes and bits.
inline bool Equal(const SplatModel& a, const SplatModel& b) {
  for (int k = 0; k < kSplatArrays; ++k) {
    if (a[k].sizes() != b[k].sizes() || !torch::equal(a[k], b[k])) return false;
  }
  return true;
}

}  // namespace splat
