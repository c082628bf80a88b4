// Render is the whole public interface of the library: it draws a model from a camera as an image, differentiable by
// LibTorch's autograd. Importing the shared library registers torch.ops.splat.* for C++ and Python
// (docs/architecture.md).
#pragma once

#include <array>
#include <optional>

#include "core/camera.h"
#include "rasterizer/math/thresholds.h"
#include "rasterizer/torch/splat_model.h"

namespace splat {

struct RenderSettings {
  // The scene is drawn with these traits; if there are none, with the model's. A caller that wants to change one of
  // them begins with those of the model.
  std::optional<SceneTraits> traits;
  double near = math::kDefaultNear;  // scene units
  double far = math::kDefaultFar;
};

// Returns those of a model on a background of 0..1: in all else it is drawn as its own traits say.
RenderSettings SettingsOf(const SplatModel& model, const std::array<float, 3>& background, double near);

// The traits that a model is drawn with, their degree limited to what it stores.
SceneTraits DrawnTraits(const SplatModel& model, const RenderSettings& settings);

// Screen-space statistics for densification. The two gradient tensors are filled by the backward pass of the image they
// came with (zero before it).
struct RenderStats {
  torch::Tensor visible;       // [N] bool: reaches at least one tile
  torch::Tensor half_extents;  // [N, 2] px, 0 where not visible
  torch::Tensor grad_mean_px;  // [N, 2] dL/d(mean in px)
  torch::Tensor abs_mean_px;   // [N, 2] the same with absolute values per pixel
};

struct RenderOutput {
  torch::Tensor image;  // [H, W, 3] float, background included, not clamped above
  torch::Tensor alpha;  // [H, W]
  torch::Tensor depth;  // [H, W] sum of weight x depth in scene units (divide by alpha for the expected depth)
  RenderStats stats;
};

// Renders an image that is differentiable in the model's tensors if they require gradients; without a background it is
// drawn on black. Throws splat::Error for a malformed model or camera.
RenderOutput Render(const SplatModel& model, const Camera& camera, const RenderSettings& settings);

}  // namespace splat
