// The support of a view measures how much of an image each splat makes up: its summed weight, by the passes of
// rendering and of the gradient. The gradient of an image by a splat's colour is its weight, so that a gradient of ones
// leaves the sums.
#pragma once

#include <functional>
#include <vector>

#include "core/camera.h"
#include "rasterizer/pipeline.h"
#include "scene/floaters.h"
#include "scene/splat_cloud.h"

namespace splat {

// The passes need these arrays besides the pipeline's arena, in memory of the stages' device. There are N splats and an
// image of H x W.
struct ViewSupportMemory {
  const float* zeros = nullptr;               // [N, 3] colours that no clamp touches
  const float* ones = nullptr;                // [H, W, 3]
  kernels::SplatsGradView<float> gradient{};  // of a model with sh_rest_count = 0
};

// Queues the passes of the view whose `splats`, `camera` and `options` are those of `input`; its colours and background
// are ignored. They leave the summed weight in px times math::kShC0 in gradient.sh_dc [N, 3], in each
// channel, and the depths in the records that are returned, which are the arena's.
kernels::ProjectedView<float> QueueViewSupport(const Pipeline<float>& pipeline, PassInput<float> input,
                                               const ViewSupportMemory& memory);

// A scene file is examined from these views.
struct SupportViews {
  std::vector<Camera> cameras;  // in the scene's frame
  double near = 0;              // scene units: nearer splats are not drawn
};

// Gathers the support of all splats of a cloud over the views, on the CPU and without LibTorch. `on_view` (may be
// empty) is told after each how many are done. Needs some 150 bytes for each splat and 60 for each tile that it
// reaches.
SupportTally SupportOf(const SplatCloudView& splats, const SupportViews& views, Executor& executor,
                       const std::function<void(size_t)>& on_view);

}  // namespace splat
