// This header runs the pipeline (rasterizer/pipeline.h) on tensors, below autograd: it makes the views of a model's
// arrays, after checks, and has passes whose results are tensors of their own, for the operators (rasterize_ops.cpp).
// Any table of stages can be used whose device the tensors lie on.
#pragma once

#include <array>

#include "core/camera.h"
#include "rasterizer/pipeline.h"
#include "rasterizer/torch/libtorch.h"
#include "rasterizer/torch/render.h"
#include "rasterizer/torch/splat_model.h"

namespace splat {

// The passes run on these.
struct PassBackend {
  const kernels::RenderStages<float>& stages;
  const KernelContext& context;
};

struct SceneTensors {
  SplatModel model;  // all on one device
  Camera camera;
  std::array<float, 3> background = {0, 0, 0};
  kernels::ProjectOptions options;
  bool with_depth = true;  // false: ForwardTensors::depth is undefined, and has no gradient
};

// Returns what Render draws with these settings; the traits are those of the settings or else the model's
// (DrawnTraits).
SceneTensors SceneOf(const SplatModel& model, const Camera& camera, const RenderSettings& settings = {});

// A view of the model's tensors, valid as long as they are. Throws splat::Error for tensors that do not fit together.
kernels::SplatsView<float> SplatsViewOf(const SplatModel& model);

// The result is valid as long as the tensors are. Throws splat::Error for tensors that do not fit together, by name.
PassInput<float> PassInputOf(const SceneTensors& scene);

// What a forward pass leaves, on the device of the model. N splats, I instances (rasterizer/kernels/views.h).
struct ForwardTensors {
  torch::Tensor records;      // [N, kRecordSize]
  torch::Tensor tile_counts;  // [N] int32
  torch::Tensor slot_begin;   // [N + 1] int32
  torch::Tensor tile_begin;   // [tiles + 1] int32
  torch::Tensor entries;      // [I, 2] int32: kernels::TileInstance
  torch::Tensor image;        // [H, W, 3]
  torch::Tensor alpha;        // [H, W]
  torch::Tensor depth;        // [H, W]
};

struct PixelGradTensors {
  torch::Tensor image;         // [H, W, 3]
  torch::Tensor alpha, depth;  // [H, W], or undefined: zero
};

// Runs Pipeline::Forward. Throws splat::Error as PassInputOf does.
ForwardTensors ForwardPass(const PassBackend& backend, const SceneTensors& scene);

// Runs Pipeline::Backward of the same scene. The slots are in `arena`. Throws splat::Error for tensors that do not fit
// together, by name.
kernels::ProjectBackwardParams<float> BackwardPass(const Pipeline<float>& pipeline, const SceneTensors& scene,
                                                   const ForwardTensors& forward, const PixelGradTensors& grad,
                                                   bool abs_mean = true);

}  // namespace splat
