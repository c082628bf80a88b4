// The forward and backward pass on tensors, below autograd: what the operators (rasterize_ops.cpp) and the training
// step (train/train_step.h) share. Any table of stages can be used whose device the tensors lie on.
#pragma once

#include <array>

#include "core/camera.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/torch/libtorch.h"
#include "rasterizer/torch/pass_workspace.h"
#include "rasterizer/torch/splat_model.h"

namespace splat {

// What the passes run on.
struct PassBackend {
  const kernels::Stages& stages;
  const KernelContext& context;
  PassWorkspace* workspace = nullptr;  // null: every result gets memory of its own
};

struct SceneTensors {
  SplatModel model;  // all on one device
  Camera camera;
  std::array<float, 3> background = {0, 0, 0};
  kernels::ProjectOptions options;
  bool with_depth = true;  // false: ForwardTensors::depth is undefined, and has no gradient
};

// What a forward pass leaves, on the device of the model. N splats, I instances (rasterizer/kernels/views.h). R rows
// for instances: I, or more in a workspace.
struct ForwardTensors {
  int64_t instances = 0;  // I, or the room for them where they are predicted
  // Whether the results count only if the workspace HadRoom for them; if not they are those of an empty image.
  bool predicted = false;
  torch::Tensor records;      // [N, kRecordSize]
  torch::Tensor tile_counts;  // [N] int32
  torch::Tensor slot_begin;   // [N + 1] int32
  torch::Tensor tile_begin;   // [tiles + 1] int32
  torch::Tensor entries;      // [R, 2] int32: kernels::TileInstance
  torch::Tensor image;        // [H, W, 3]
  torch::Tensor alpha;        // [H, W]
  torch::Tensor depth;        // [H, W]
};

struct PixelGradTensors {
  torch::Tensor image;         // [H, W, 3]
  torch::Tensor alpha, depth;  // [H, W], or undefined: zero
};

// Project, count, bin, blend. With a workspace that has room for instances, and stages that count on the device, the
// count is not waited for but predicted to fit the room: before the results are used for good, ask HadRoom and, if
// there was none, repeat all passes. Throws splat::Error for tensors that do not fit together, by name.
ForwardTensors ForwardPass(const PassBackend& backend, const SceneTensors& scene);

// The slots [R, kSlotSize]. abs_mean: whether their entries kSlotAbsMean are wanted.
torch::Tensor BlendBackwardPass(const PassBackend& backend, const SceneTensors& scene, const ForwardTensors& forward,
                                const PixelGradTensors& grad, bool abs_mean);

// For the last stage: all but the outputs, which the caller fills in.
kernels::ProjectBackwardParams<float> ProjectBackwardParamsOf(const SceneTensors& scene, const ForwardTensors& forward,
                                                              const torch::Tensor& slots);

}  // namespace splat
