// The scene: a struct of tensors that are what is optimised. Activation happens in the maths headers only, so that
// backends and exporters cannot disagree. No optimiser state, no file format, no statistics.
#pragma once

#include "rasterizer/torch/libtorch.h"

#include <array>
#include <string>
#include <vector>

namespace splat {

struct SplatModel {
  torch::Tensor means;           // [N, 3] float, scene frame (world), scene units
  torch::Tensor log_scales;      // [N, 3] natural logarithm of the scales
  torch::Tensor quats;           // [N, 4] (w, x, y, z), not normalised
  torch::Tensor opacity_logits;  // [N]
  torch::Tensor sh_dc;           // [N, 3] coefficient of the constant function
  torch::Tensor sh_rest;         // [N, K, 3], K = 0, 3, 8 or 15, coefficient-major, Inria's order

  int64_t count() const { return means.defined() ? means.size(0) : 0; }
  int sh_rest_count() const { return int(sh_rest.size(1)); }
  // 0 ... 3, what sh_rest can hold.
  int max_sh_degree() const;

  // The six tensors in the order above, and their names.
  std::array<torch::Tensor*, 6> Tensors();
  std::array<const torch::Tensor*, 6> Tensors() const;
  static const std::vector<std::string>& Names();
};

// Shapes and types as commented above, contiguous, one device. Throws splat::Error naming the tensor.
void CheckModel(const SplatModel& model);

// The rows of an int64 index tensor [M], in that order, as a new model without gradient history.
SplatModel SelectRows(const SplatModel& model, const torch::Tensor& rows);

// The model on a device, without gradient history; tensors that lie there already are shared.
SplatModel ToDevice(const SplatModel& model, const torch::Device& device);

// Sets requires_grad on all six tensors (they become leaves).
void SetRequiresGrad(SplatModel& model, bool requires_grad);

}  // namespace splat
