// The CPU's stages on every instruction set of this machine: the same bits for any number of threads, binning as the
// maths of one splat says, and other sets' numbers within rounding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <vector>

#include "core/instruction_set.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"
#include "tests/support/scenes.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::RandomSplats;
using testing::SceneOptions;
using testing::SplatArrays;
using testing::TestCamera;

constexpr int kWidth = 331, kHeight = 290;  // more rows of tiles than are listed at once

std::vector<float> Floats(const std::vector<double>& values) {
  return std::vector<float>(values.begin(), values.end());
}

// Enough splats for many chunks of every stage, some hidden, some at the same depth, one over the picture.
struct Scene {
  Camera camera = TestCamera(kWidth, kHeight, 2);
  int64_t count;
  int rest;
  std::vector<float> means, log_scales, quats, opacity_logits, sh_dc, sh_rest;

  ProjectOptions options;

  Scene(int64_t random_splats, int sh_degree) {
    options.sh_degree = sh_degree;
    SceneOptions random;
    random.splats = random_splats;
    random.sh_degree = sh_degree;
    random.sigma_px_max = 12;
    random.outside = 0.5;
    SplatArrays s = RandomSplats(random, camera);
    for (int i = 0; i < 20; ++i) AppendPlainSplat(s, camera, {10.0 * i, 140, 3});
    AppendPlainSplat(s, camera, {160, 150, 3.5, 900, 0.7});
    count = s.count;
    rest = s.sh_rest_count;
    means = Floats(s.means);
    log_scales = Floats(s.log_scales);
    quats = Floats(s.quats);
    opacity_logits = Floats(s.opacity_logits);
    sh_dc = Floats(s.sh_dc);
    sh_rest = Floats(s.sh_rest);
  }

  SplatsView<float> View() const {
    return {count,        rest,          means.data(), log_scales.data(), quats.data(), opacity_logits.data(),
            sh_dc.data(), sh_rest.data()};
  }
};

// All results of Project and binning.
struct Binned {
  std::vector<float> records;
  std::vector<int32_t> tile_counts, slot_begin, tile_begin;
  std::vector<TileInstance> entries;

  TileListView List() { return {int64_t(entries.size()), slot_begin.data(), tile_begin.data(), entries.data()}; }
};

Binned RunForward(const Scene& scene, InstructionSet set, int threads) {
  ThreadPool pool(threads);
  KernelContext context;
  context.executor = &pool;
  context.instruction_set = set;
  const size_t n = size_t(scene.count);
  const math::TileGrid grid = math::TileGridOf(kWidth, kHeight);
  Binned b;
  b.records.resize(n * kRecordSize, -1);
  b.tile_counts.resize(n, -1);
  b.slot_begin.resize(n + 1);
  b.tile_begin.resize(size_t(grid.columns) * size_t(grid.rows) + 1);
  const ProjectedView<float> projected = {b.records.data(), b.tile_counts.data()};
  Project<float>(context, {scene.View(), scene.camera, scene.options, projected});
  const InstanceCount found = CountInstances(context, b.tile_counts.data(), scene.count, b.slot_begin.data());
  b.entries.resize(size_t(found.instances), {-1, -1});
  BinSplats<float>(context, {scene.count, found.visible, kWidth, kHeight, projected, b.List()});
  return b;
}

template <typename T>
bool SameBits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

class InstructionSetsTest : public ::testing::TestWithParam<InstructionSet> {};
INSTANTIATE_TEST_SUITE_P(On, InstructionSetsTest, ::testing::ValuesIn(UsableInstructionSets()),
                         [](const auto& instance) { return NameOf(instance.param); });

TEST_P(InstructionSetsTest, ForwardStagesGiveTheSameBitsOnAnyNumberOfThreads) {
  const Scene scene(9001, 3);
  const Binned one = RunForward(scene, GetParam(), 1);
  for (const int threads : {2, 3, 8}) {
    const Binned more = RunForward(scene, GetParam(), threads);
    EXPECT_TRUE(SameBits(more.records, one.records)) << threads;
    EXPECT_EQ(more.tile_counts, one.tile_counts) << threads;
    EXPECT_EQ(more.slot_begin, one.slot_begin) << threads;
    EXPECT_EQ(more.tile_begin, one.tile_begin) << threads;
    EXPECT_TRUE(SameBits(more.entries, one.entries)) << threads;
  }
}

// What the lists must be, by a stable sort of all instances.
TEST_P(InstructionSetsTest, BinsAsTheMathsOfOneSplatSays) {
  const Scene scene(9001, 0);
  Binned b = RunForward(scene, GetParam(), 2);
  const math::TileGrid grid = math::TileGridOf(kWidth, kHeight);
  std::vector<std::tuple<int, float, int32_t, int32_t>> expected;  // tile, depth, splat, slot
  for (int64_t i = 0; i < scene.count; ++i) {
    const float* record = b.records.data() + kRecordSize * i;
    const math::TileEllipse<float> ellipse = EllipseOf(record);
    int32_t slot = b.slot_begin[size_t(i)];
    const math::TileSpan rows = math::TileRowsOf(ellipse, grid);
    for (int row = rows.begin; row < rows.end && b.tile_counts[size_t(i)] > 0; ++row) {
      const math::TileSpan span = math::TileSpanOfRow(ellipse, grid, row);
      for (int column = span.begin; column < span.end; ++column) {
        expected.emplace_back(row * grid.columns + column, record[kRecordDepth], int32_t(i), slot++);
      }
    }
    ASSERT_EQ(slot, b.slot_begin[size_t(i) + 1]) << "counted " << i;
  }
  std::sort(expected.begin(), expected.end());
  ASSERT_EQ(b.entries.size(), expected.size());
  EXPECT_GT(expected.size(), 15000u);
  for (size_t k = 0; k < expected.size(); ++k) {
    const auto& [tile, depth, splat, slot] = expected[k];
    ASSERT_GE(int64_t(k), b.tile_begin[size_t(tile)]);
    ASSERT_LT(int64_t(k), b.tile_begin[size_t(tile) + 1]);
    ASSERT_EQ(b.entries[k].splat, splat) << k;
    ASSERT_EQ(b.entries[k].slot, slot) << k;
  }
}

}  // namespace
}  // namespace splat::kernels
