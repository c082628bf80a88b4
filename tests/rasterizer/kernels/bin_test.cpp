// Counting and binning on every backend: order within a tile, slots, and that what is counted is what is emitted.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "rasterizer/math/tiles.h"
#include "tests/support/backends.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::Backend;
using testing::ProjectedArrays;
using testing::RandomSplats;
using testing::RenderInput;
using testing::SceneOptions;
using testing::TestCamera;
using testing::TileLists;

class BinTest : public ::testing::TestWithParam<std::shared_ptr<const Backend>> {
 protected:
  const Backend& backend() const { return *GetParam(); }
};
SPLAT_INSTANTIATE_ON_BACKENDS(BinTest);

RenderInput RandomInput(int width, int height, int64_t splats) {
  RenderInput input;
  input.camera = TestCamera(width, height, 2);
  SceneOptions options;
  options.splats = splats;
  options.sh_degree = 0;
  options.sigma_px_max = 20;
  options.outside = 0.3;
  input.splats = RandomSplats(options, input.camera);
  input.options.sh_degree = 0;
  return input;
}

// Everything that views.h promises about the lists.
void ExpectContract(const RenderInput& input, const ProjectedArrays& p, const TileLists& lists) {
  const math::TileGrid grid = math::TileGridOf(input.camera.width, input.camera.height);
  const size_t tiles = size_t(grid.columns) * size_t(grid.rows), n = p.tile_counts.size();
  ASSERT_EQ(lists.slot_begin[0], 0);
  for (size_t i = 0; i < n; ++i) ASSERT_EQ(lists.slot_begin[i + 1] - lists.slot_begin[i], p.tile_counts[i]);
  ASSERT_EQ(lists.slot_begin[n], lists.instances);
  ASSERT_EQ(lists.tile_begin[0], 0);
  ASSERT_EQ(lists.tile_begin[tiles], lists.instances) << "as many emitted as counted";
  std::vector<int> slot_uses(size_t(lists.instances), 0);
  for (size_t tile = 0; tile < tiles; ++tile) {
    ASSERT_LE(lists.tile_begin[tile], lists.tile_begin[tile + 1]);
    for (int64_t k = lists.tile_begin[tile]; k < lists.tile_begin[tile + 1]; ++k) {
      const int32_t splat = lists.instance_splat[k];
      ASSERT_GE(splat, 0);
      ASSERT_LT(size_t(splat), n);
      const int64_t slot = lists.instance_slot[k];
      ASSERT_GE(slot, lists.slot_begin[splat]);
      ASSERT_LT(slot, lists.slot_begin[splat + 1]);
      ++slot_uses[size_t(slot)];
      if (k == lists.tile_begin[tile]) continue;
      const int32_t before = lists.instance_splat[k - 1];
      const float depth = float(p.depths[splat]), depth_before = float(p.depths[before]);
      ASSERT_TRUE(depth_before < depth || (depth_before == depth && before < splat)) << "tile " << tile;
    }
  }
  for (const int uses : slot_uses) ASSERT_EQ(uses, 1);
}

TEST_P(BinTest, KeepsItsContractOverManyChunksOfSplats) {
  const RenderInput input = RandomInput(230, 170, 9000);
  const ProjectedArrays p = backend().Project(input);
  const TileLists lists = backend().Bin(input, p);
  ExpectContract(input, p, lists);
  EXPECT_GT(lists.instances, 9000);
}

TEST_P(BinTest, KeepsItsContractForOddSizes) {
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 1}, {1, 33}, {133, 237}, {4097, 33}}) {
    const RenderInput input = RandomInput(width, height, 300);
    const ProjectedArrays p = backend().Project(input);
    ExpectContract(input, p, backend().Bin(input, p));
  }
}

TEST_P(BinTest, KeepsIndexOrderAtEqualDepths) {
  RenderInput input = RandomInput(64, 64, 0);
  input.camera.camera_from_world = Rigid3{};
  for (int i = 0; i < 5000; ++i)
    AppendPlainSplat(input.splats, input.camera, {32.0 + i % 7, 32.0 + i % 5, 2.0 + i % 3});
  const ProjectedArrays p = backend().Project(input);
  const TileLists lists = backend().Bin(input, p);
  ExpectContract(input, p, lists);
  const int64_t begin = lists.tile_begin[5], end = lists.tile_begin[6];  // row 1, column 1 holds most of the middle
  ASSERT_GT(end - begin, 1000);
  for (int64_t k = begin + 1; k < end; ++k) {
    const int a = lists.instance_splat[k - 1], b = lists.instance_splat[k];
    EXPECT_TRUE(a % 3 < b % 3 || (a % 3 == b % 3 && a < b));
  }
}

TEST_P(BinTest, GivesASplatOverThePictureToEveryTileInSlotOrder) {
  RenderInput input = RandomInput(100, 60, 0);
  AppendPlainSplat(input.splats, input.camera, {50, 30, 3, 500, 0.9});
  const ProjectedArrays p = backend().Project(input);
  const TileLists lists = backend().Bin(input, p);
  ASSERT_EQ(lists.instances, 7 * 4);
  for (int64_t tile = 0; tile < 28; ++tile) {
    EXPECT_EQ(lists.tile_begin[tile], tile);
    EXPECT_EQ(lists.instance_slot[tile], tile) << "a splat's slots follow its tiles row by row";
  }
}

TEST_P(BinTest, LeavesEmptyListsWithoutVisibleSplats) {
  RenderInput input = RandomInput(50, 40, 0);
  const ProjectedArrays none = backend().Project(input);
  const TileLists empty = backend().Bin(input, none);
  EXPECT_EQ(empty.instances, 0);
  for (const int64_t begin : empty.tile_begin) EXPECT_EQ(begin, 0);
  AppendPlainSplat(input.splats, input.camera, {-1000, 30, 3, 2, 0.9});
  const ProjectedArrays hidden = backend().Project(input);
  const TileLists still_empty = backend().Bin(input, hidden);
  EXPECT_EQ(still_empty.instances, 0);
  for (const int64_t begin : still_empty.tile_begin) EXPECT_EQ(begin, 0);
}

}  // namespace
}  // namespace splat::kernels
