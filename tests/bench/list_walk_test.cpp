#include "bench/list_walk.h"

#include <gtest/gtest.h>

#include <vector>

#include "bench/synthetic_scene.h"
#include "rasterizer/math/tiles.h"
#include "rasterizer/pipeline.h"

namespace splat::bench {
namespace {

using kernels::kRecordSize;

// Records of splats in one tile of 16x16 px, all at its middle, in order.
struct OneTile {
  std::vector<float> records;
  std::vector<kernels::TileInstance> entries;
  std::vector<int32_t> tile_begin = {0, 0};

  // Equal alpha at each pixel within the half extents.
  void Add(float alpha, float half) {
    float record[kRecordSize] = {8, 8, 1e-9f, 0, 1e-9f, alpha, 1, 1, 1, 1, half, half};
    records.insert(records.end(), record, record + kRecordSize);
    entries.push_back({int32_t(entries.size()), 0});
    ++tile_begin[1];
  }
  ListWalk Walk() const {
    SerialExecutor executor;
    return WalkLists({16, 16, records.data(), tile_begin.data(), entries.data()}, executor);
  }
};

TEST(ListWalk, EndsWhereAllPixelsAreOpaque) {
  OneTile tile;
  for (int i = 0; i < 10; ++i) tile.Add(0.95f, 100);
  const ListWalk walk = tile.Walk();
  constexpr int kWalked = 4;  // 0.05^3 is above the least transmittance, 0.05^4 below
  EXPECT_EQ(walk.walked, kWalked);
  EXPECT_EQ(walk.contributing, 256 * kWalked);
  EXPECT_EQ(walk.tested, 256 * kWalked);
  EXPECT_EQ(walk.live_warps, 8 * kWalked);
}

TEST(ListWalk, TestsOnlyTheBlocksThatTheBoundsMeet) {
  OneTile tile;
  tile.Add(0.5f, 1);  // the four blocks of 8x4 px around the middle
  EXPECT_EQ(tile.Walk().tested, 4 * 32);
  EXPECT_EQ(tile.Walk().live_warps, 4);
}

TEST(ListWalk, OfASampleIsThatOfTheWholeImage) {
  constexpr int kWidth = 320, kHeight = 200;
  ThreadPool pool(2);
  const SyntheticScene scene = MakeSyntheticScene(20000, pool);
  const KernelContext context{&pool};
  HostArena arena;
  PassInput<float> view;
  view.splats = ViewOf(scene);
  view.camera = SyntheticCamera(kWidth, kHeight);
  const PassResult<float> forward = Pipeline<float>{kernels::CpuBackend().render, context, arena}.Forward(view);
  const kernels::TileListView& list = forward.blend.list;
  const math::TileGrid grid = math::TileGridOf(kWidth, kHeight);

  ListWalkInput input = {kWidth, kHeight, forward.project.out.records, list.tile_begin, list.entries, 1000000};
  const ListWalk all = WalkLists(input, pool);
  input.sampled_tiles = grid.columns * grid.rows / 3;
  const ListWalk sample = WalkLists(input, pool);
  EXPECT_GT(all.walked, 0.2 * double(list.instances));
  EXPECT_LE(all.walked, double(list.instances));
  EXPECT_GE(all.tested, all.contributing);
  EXPECT_NEAR(sample.walked / all.walked, 1, 0.05);
  EXPECT_NEAR(sample.contributing / all.contributing, 1, 0.05);
}

TEST(SyntheticScene, IsTheSameForAnyNumberOfThreads) {
  SerialExecutor serial;
  ThreadPool pool(3);
  const SyntheticScene a = MakeSyntheticScene(10000, serial), b = MakeSyntheticScene(10000, pool);
  EXPECT_EQ(a.means, b.means);
  EXPECT_EQ(a.sh_rest, b.sh_rest);
  EXPECT_EQ(a.opacity_logits, b.opacity_logits);
}

}  // namespace
}  // namespace splat::bench
