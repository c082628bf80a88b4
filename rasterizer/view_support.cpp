#include "rasterizer/view_support.h"

#include <algorithm>

#include "rasterizer/cpu_pipeline.h"
#include "rasterizer/math/sh.h"

namespace splat {
namespace {

namespace k = kernels;

// The memory of ViewSupportMemory in the process's own.
class HostMemory {
 public:
  explicit HostMemory(int64_t splats) : zeros_(size_t(3 * splats)) {
    for (int array = 0; array < kSplatArrays; ++array) {
      gradient_[array].resize(size_t(splats) * size_t(WidthOf(array, 0)));
    }
  }
  // For an image of this size.
  ViewSupportMemory View(int width, int height) {
    const size_t numbers = size_t(3) * size_t(width) * size_t(height);
    if (ones_.size() < numbers) ones_.assign(numbers, 1);
    ViewSupportMemory memory = {zeros_.data(), ones_.data(), {}};
    for (int array = 0; array < kSplatArrays; ++array) memory.gradient[array] = gradient_[array].data();
    return memory;
  }

 private:
  std::vector<float> zeros_, ones_;
  SplatArraysOf<std::vector<float>> gradient_;
};

PassInput<float> InputOf(const SplatCloudView& splats, double near) {
  PassInput<float> input;
  for (int array = 0; array < kSplatArrays; ++array) input.splats[array] = splats[array];
  input.splats.count = splats.count;
  input.options.near = near;
  input.options.antialiasing = splats.traits.antialiasing;
  return input;
}

}  // namespace

k::ProjectedView<float> QueueViewSupport(const Pipeline<float>& pipeline, PassInput<float> input,
                                         const ViewSupportMemory& memory) {
  input.splats.sh_dc = memory.zeros;
  input.splats.sh_rest = nullptr;
  input.splats.sh_rest_count = 0;
  input.options.sh_degree = 0;
  input.with_depth = false;
  const PassResult<float> forward = pipeline.Forward(input);
  k::ProjectBackwardParams<float> backward = pipeline.Backward(forward, {memory.ones, nullptr, nullptr}, false);
  backward.grad = memory.gradient;
  pipeline.stages.project_backward(pipeline.context, backward);
  return forward.project.out;
}

SupportTally SupportOf(const SplatCloudView& splats, const SupportViews& views, Executor& executor,
                       const std::function<void(size_t)>& on_view) {
  const CpuPipeline cpu(executor);
  HostMemory memory(splats.count);
  PassInput<float> input = InputOf(splats, views.near);
  SupportTally tally(splats.count);
  std::vector<float> weights(size_t(splats.count)), depths(size_t(splats.count));
  for (size_t view = 0; view < views.cameras.size(); ++view) {
    input.camera = views.cameras[view];
    const ViewSupportMemory of_view = memory.View(input.camera.width, input.camera.height);
    const k::ProjectedView<float> projected = QueueViewSupport(cpu.get(), input, of_view);
    for (int64_t i = 0; i < splats.count; ++i) {
      weights[size_t(i)] = of_view.gradient.sh_dc[kChannels * i] / float(math::kShC0);
      depths[size_t(i)] = projected.records[k::kRecordSize * i + k::kRecordDepth];
    }
    tally.Add(CameraCenterInWorld(input.camera), weights, depths);
    if (on_view) on_view(view + 1);
  }
  return tally;
}

}  // namespace splat
