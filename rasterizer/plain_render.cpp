#include "rasterizer/plain_render.h"

#include <algorithm>

#include "rasterizer/cpu_pipeline.h"

namespace splat {
namespace {

namespace k = kernels;
constexpr int64_t kSplatsPerBlock = 1 << 16;  // gathered at a time: 15 MB at SH degree 3

// The splats [begin, begin + cloud.count()) of a selection as arrays.
void Gather(const SplatSelection& splats, int64_t begin, SplatCloud& cloud, Executor& executor) {
  constexpr int64_t kChunk = 4096;
  ParallelFor(executor, cloud.count(), kChunk, [&](int64_t first, int64_t last) {
    for (int array = 0; array < kSplatArrays; ++array) {
      float* const values = cloud[array].data();
      const int64_t width = WidthOf(array, cloud.sh_rest_count);
      for (int64_t i = first; i < last; ++i) splats.CopyTo(array, begin + i, values + width * i);
    }
  });
}

}  // namespace

Image8 RenderPlainly(const SplatSelection& splats, const Camera& camera, const std::array<float, 3>& background,
                     double near, Executor& executor) {
  const CpuPipeline cpu(executor);
  const Pipeline<float>& pipeline = cpu.get();
  PassInput<float> input;
  input.splats.count = splats.count();
  input.camera = camera;
  input.options.near = near;
  input.options.sh_degree = splats.sh_degree();
  input.options.antialiasing = splats.traits().antialiasing;
  input.background = background;
  input.with_depth = false;
  PassResult<float> result = pipeline.Begin(input);
  for (int64_t begin = 0; begin < splats.count(); begin += kSplatsPerBlock) {
    SplatCloud block(std::min(kSplatsPerBlock, splats.count() - begin), splats.sh_degree());
    Gather(splats, begin, block, executor);
    k::ProjectParams<float> project = result.project;
    project.splats = k::SplatsViewOf<float>(block, block.count(), block.sh_rest_count);
    project.out.records += begin * k::kRecordSize;
    project.out.tile_counts += begin;
    pipeline.stages.project(pipeline.context, project);
  }
  pipeline.MakeLists(result);
  pipeline.Blend(result);
  return RoundedTo8Bits(result.blend.out.image, camera.width, camera.height, 3);
}

}  // namespace splat
