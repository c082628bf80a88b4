// The model is a struct of tensors, which are what is optimised. Activation happens in the maths headers only, so that
// backends and exporters cannot disagree. No optimiser state, no file format, no statistics.
#pragma once

#include "rasterizer/torch/libtorch.h"

#include <array>
#include <vector>

#include "scene/scene_traits.h"
#include "scene/splat_arrays.h"

namespace splat {

// One tensor of float for each array of the list, [N, width]: means [N, 3] in the scene's frame (world) and units,
// log_scales [N, 3], quats [N, 4] (w, x, y, z), not normalised, opacity_logits [N], sh_dc [N, 3], and sh_rest [N, K,
// 3], K = 0, 3, 8 or 15, coefficient-major in Inria's order.
struct SplatModel : SplatArraysOf<torch::Tensor> {
  SceneTraits traits;

  int64_t count() const { return means.defined() ? means.size(0) : 0; }
  int sh_rest_count() const { return int(sh_rest.size(1)); }
  // 0 ... 3, what sh_rest can hold.
  int max_sh_degree() const;

  // Returns the names of the tensors in the order of the list.
  static std::array<const char*, kSplatArrays> Names();
};

// The shape of an array's tensor with N splats and K coefficients beyond the first; -1 where any size will do.
std::vector<int64_t> ShapeOf(int array, int64_t splats, int64_t sh_rest_count);

// Checks that the tensors have the shapes and types above, are contiguous and lie on one device. Throws splat::Error
// naming the tensor.
void CheckModel(const SplatModel& model);

// The model on a device, without gradient history; tensors that lie there already are shared.
SplatModel ToDevice(const SplatModel& model, const torch::Device& device);

// Sets requires_grad on all tensors (they become leaves).
void SetRequiresGrad(SplatModel& model, bool requires_grad);

}  // namespace splat
