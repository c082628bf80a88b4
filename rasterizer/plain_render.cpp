#include "rasterizer/plain_render.h"

#include <algorithm>
#include <vector>

#include "core/check.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/math/tiles.h"

namespace splat {
namespace {

namespace k = kernels;
constexpr int64_t kSplatsPerBlock = 1 << 16;  // gathered at a time: 15 MB at SH degree 3

void Put(const Vec3<float>& value, float* to) {
  to[0] = value.x;
  to[1] = value.y;
  to[2] = value.z;
}

// The splats [begin, begin + cloud.count()) of a selection as arrays.
void Gather(const SplatSelection& splats, int64_t begin, SplatCloud& cloud, Executor& executor) {
  constexpr int64_t kChunk = 4096;
  const int rest = cloud.sh_rest_count;
  ParallelFor(executor, cloud.count(), kChunk, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t splat = begin + i;
      Put(splats.Mean(splat), &cloud.means[size_t(3 * i)]);
      Put(splats.LogScale(splat), &cloud.log_scales[size_t(3 * i)]);
      const Quaternion<float> quat = splats.Quat(splat);
      const float quat_values[4] = {quat.w, quat.x, quat.y, quat.z};
      std::copy_n(quat_values, 4, &cloud.quats[size_t(4 * i)]);
      cloud.opacity_logits[size_t(i)] = splats.OpacityLogit(splat);
      Put(splats.ShDc(splat), &cloud.sh_dc[size_t(3 * i)]);
      for (int j = 0; j < rest; ++j) Put(splats.ShRest(splat, j), &cloud.sh_rest[size_t(3 * (i * rest + j))]);
    }
  });
}

}  // namespace

Image8 RenderPlainly(const SplatSelection& splats, const Camera& camera, const std::array<float, 3>& background,
                     Executor& executor) {
  k::KernelContext context;
  context.executor = &executor;
  const int64_t count = splats.count();
  std::vector<float> records(size_t(count) * k::kRecordSize);
  std::vector<int32_t> tile_counts(static_cast<size_t>(count)), slot_begin(static_cast<size_t>(count) + 1);
  for (int64_t begin = 0; begin < count; begin += kSplatsPerBlock) {
    SplatCloud block(std::min(kSplatsPerBlock, count - begin), splats.sh_degree());
    Gather(splats, begin, block, executor);
    k::ProjectParams<float> project;
    project.splats = k::SplatsViewOf<float>(block, block.count(), block.sh_rest_count);
    project.camera = camera;
    project.options.sh_degree = splats.sh_degree();
    project.options.antialiased = splats.traits().antialiased;
    project.out = {records.data() + begin * k::kRecordSize, tile_counts.data() + begin};
    k::Project(context, project);
  }
  const k::InstanceCount found = k::CountInstances(context, tile_counts.data(), count, slot_begin.data());
  std::vector<k::TileInstance> entries(static_cast<size_t>(found.instances));
  const math::TileGrid grid = math::TileGridOf(camera.width, camera.height);
  std::vector<int32_t> tile_begin(size_t(grid.columns) * size_t(grid.rows) + 1);
  const k::TileListView list = {found.instances, slot_begin.data(), tile_begin.data(), entries.data()};
  const k::ProjectedView<float> projected = {records.data(), tile_counts.data()};
  k::BinSplats(context, k::BinParams<float>{count, found.visible, camera.width, camera.height, projected, list});

  ImageF image(camera.width, camera.height, 3);
  std::vector<float> alpha(size_t(camera.width) * size_t(camera.height));
  k::BlendParams<float> blend;
  blend.width = camera.width;
  blend.height = camera.height;
  std::copy(background.begin(), background.end(), blend.background);
  blend.projected = projected;
  blend.list = list;
  blend.out = {image.pixels.data(), alpha.data(), nullptr};
  k::Blend(context, blend);
  return RoundedTo8Bits(image.pixels.data(), camera.width, camera.height, 3);
}

}  // namespace splat
