// This header draws the image of a model as a viewer shows it, without gradients: by the same passes as training
// (rasterizer/torch/render_passes.h), not through LibTorch's dispatcher.
#pragma once

#include <array>

#include "core/camera.h"
#include "core/image.h"
#include "rasterizer/torch/splat_model.h"

namespace splat {

// Renders an image with 3 channels on a background of 0..1, of what is farther from the camera's plane than `near`
// (scene units); in all else it is drawn as the model's traits say. The model's device renders. Values may exceed 1.
// Throws splat::Error for a malformed model or camera.
ImageF RenderToImage(const SplatModel& model, const Camera& camera, const std::array<float, 3>& background,
                     double near);

// Renders as RenderToImage does, clamped to 0..1 and rounded to 8 bits.
Image8 RenderToImage8(const SplatModel& model, const Camera& camera, const std::array<float, 3>& background,
                      double near);

}  // namespace splat
