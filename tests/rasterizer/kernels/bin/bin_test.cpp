// Counting and binning on every backend: order within a tile, slots, and that what is counted is what is emitted.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "rasterizer/math/tiles.h"
#include "tests/support/backends.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::ProjectedArrays;
using testing::RandomSplats;
using testing::RenderInput;
using testing::SceneOptions;
using testing::TestCamera;
using testing::TileLists;

class BinTest : public testing::BackendTest {};
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

TEST_P(BinTest, GivesASplatOverTheImageToEveryTileInSlotOrder) {
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

// Where the host does not wait for the count.
class PredictedBinTest : public testing::BackendTest {
 protected:
  // What the device counts for the view, and its lists as made by a host that knows the count.
  void SetView(const RenderInput& input) {
    input_ = input;
    projected_ = backend().Project(input);
    expected_ = backend().Bin(input, projected_);
    count_ = {expected_.instances, 0};
    for (const int32_t tiles : projected_.tile_counts) count_.visible += tiles > 0 ? 1 : 0;
  }
  TileLists BinWithRoom(const InstanceCount& room) const {
    InstanceCount found{-1, -1};
    const TileLists lists = backend().BinPredicted(input_, projected_, room, &found);
    EXPECT_EQ(found.instances, count_.instances);
    EXPECT_EQ(found.visible, count_.visible);
    EXPECT_EQ(lists.slot_begin, expected_.slot_begin);
    return lists;
  }
  void ExpectSameLists(const InstanceCount& room) const {
    SCOPED_TRACE(::testing::Message() << "room for " << room.instances << ", " << room.visible);
    const TileLists lists = BinWithRoom(room);
    EXPECT_EQ(lists.tile_begin, expected_.tile_begin);
    const auto counted = [&](auto entries) {
      entries.resize(size_t(count_.instances));
      return entries;
    };
    EXPECT_EQ(counted(lists.instance_splat), expected_.instance_splat);
    EXPECT_EQ(counted(lists.instance_slot), expected_.instance_slot);
  }
  // Guards around all arrays see what is written beyond the room.
  void ExpectEmptyLists(const InstanceCount& room) const {
    SCOPED_TRACE(::testing::Message() << "room for " << room.instances << ", " << room.visible);
    EXPECT_EQ(BinWithRoom(room).tile_begin, std::vector<int64_t>(expected_.tile_begin.size(), 0));
  }

  RenderInput input_;
  ProjectedArrays projected_;
  TileLists expected_;
  InstanceCount count_;
};
INSTANTIATE_TEST_SUITE_P(On, PredictedBinTest, ::testing::ValuesIn(testing::DeviceBackends()),
                         [](const auto& instance) { return instance.param->Name(); });

TEST_P(PredictedBinTest, WithRoomTheListsAreTheSame) {
  SetView(RandomInput(230, 170, 2000));
  const auto [instances, visible] = count_;
  ASSERT_GT(visible, 1000);
  for (const InstanceCount& room : {InstanceCount{instances, visible},
                                    {instances + 1, visible},
                                    {instances, visible + 1},
                                    {instances + instances / 4, visible + visible / 4},
                                    {instances, 5 * visible},
                                    {7 * instances, visible}}) {
    ExpectSameLists(room);
  }
}

// With 2^k tiles the key of the last tile is all ones, like the keys behind the found instances.
TEST_P(PredictedBinTest, WithRoomTheListsAreTheSameAtEveryWidthOfTheKey) {
  for (const auto& [width, height] : {std::pair{1, 1}, {16, 16}, {32, 32}, {256, 256}, {4096, 4096}, {4096, 4112}}) {
    SetView(RandomInput(width, height, 40));
    ExpectSameLists({count_.instances + 100, count_.visible + 10});
    ExpectSameLists(count_);
  }
}

TEST_P(PredictedBinTest, WithoutRoomTheListsAreEmpty) {
  SetView(RandomInput(230, 170, 2000));
  const auto [instances, visible] = count_;
  for (const InstanceCount& room : {InstanceCount{instances - 1, visible},
                                    {instances, visible - 1},
                                    {1, 1},
                                    {instances / 2, 2 * visible},
                                    {2 * instances, visible / 2},
                                    {0, 0}}) {
    ExpectEmptyLists(room);
  }
}

TEST_P(PredictedBinTest, WithoutVisibleSplatsTheListsAreEmpty) {
  RenderInput input = RandomInput(50, 40, 0);
  for (const InstanceCount& room : {InstanceCount{0, 0}, {1, 1}, {1000, 300}}) {
    SetView(input);
    ExpectSameLists(room);
  }
  AppendPlainSplat(input.splats, input.camera, {-1000, 30, 3, 2, 0.9});
  SetView(input);
  ExpectSameLists({1000, 300});
}

// More than 32-bit places can number: the sums have wrapped, and nothing may be written through them.
TEST_P(PredictedBinTest, MoreInstancesThanPlacesAreCountedAndLeftOut) {
  SetView(RandomInput(50, 40, 30));
  std::fill(projected_.tile_counts.begin(), projected_.tile_counts.end(), kMaxInstances / 10);
  InstanceCount found;
  const TileLists lists = backend().BinPredicted(input_, projected_, {1000, 30}, &found);
  EXPECT_EQ(found.instances, kMaxInstances / 10 * 30);
  EXPECT_EQ(lists.tile_begin, std::vector<int64_t>(lists.tile_begin.size(), 0));
}

}  // namespace
}  // namespace splat::kernels
