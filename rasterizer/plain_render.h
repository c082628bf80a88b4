// This header renders images of splats without LibTorch, by the stages of the CPU.
#pragma once

#include <array>

#include "core/camera.h"
#include "core/image.h"
#include "core/parallel.h"
#include "scene/splat_selection.h"

namespace splat {

// The image that RenderToImage8 makes of the same splats: clamped and rounded to 8 bits, on a background of
// 0..1, of what is farther from the camera's plane than `near` (scene units). Needs some 60 bytes for each splat and 8
// for each tile that it reaches, beside the splats.
Image8 RenderPlainly(const SplatSelection& splats, const Camera& camera, const std::array<float, 3>& background,
                     double near, Executor& executor);

}  // namespace splat
