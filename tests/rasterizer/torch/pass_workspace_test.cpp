#include "rasterizer/torch/pass_workspace.h"

#include <gtest/gtest.h>

#include "core/check.h"

namespace splat {
namespace {

TEST(PassWorkspace, KeepsATensorOfTheSameShape) {
  PassWorkspace workspace(torch::kCPU);
  const torch::Tensor first = workspace.Get(kImage, {4, 5, 3}, torch::kFloat32);
  EXPECT_TRUE(first.is_contiguous());
  EXPECT_EQ(first.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(workspace.Get(kImage, {4, 5, 3}, torch::kFloat32).is_same(first));
  EXPECT_NE(workspace.Get(kDepth, {4, 5, 3}, torch::kFloat32).data_ptr(), first.data_ptr());
}

TEST(PassWorkspace, ASmallerTensorLiesInTheSameMemory) {
  PassWorkspace workspace(torch::kCPU);
  const void* memory = workspace.Get(kTileCounts, {100}, torch::kInt32).data_ptr();
  const torch::Tensor small = workspace.Get(kTileCounts, {7}, torch::kInt32);
  EXPECT_EQ(small.data_ptr(), memory);
  EXPECT_EQ(small.numel(), 7);
  EXPECT_EQ(workspace.Get(kTileCounts, {100}, torch::kInt32).data_ptr(), memory);
}

TEST(PassWorkspace, GrowsByMoreThanIsAskedFor) {
  PassWorkspace workspace(torch::kCPU);
  workspace.Get(kRecords, {100, 12}, torch::kFloat32);
  const void* memory = workspace.Get(kRecords, {101, 12}, torch::kFloat32).data_ptr();
  EXPECT_EQ(workspace.Get(kRecords, {125, 12}, torch::kFloat32).data_ptr(), memory);
  EXPECT_EQ(workspace.Get(kRecords, {2000, 12}, torch::kFloat32).numel(), 24000);
}

TEST(PassWorkspace, HoldsTensorsWithoutElements) {
  PassWorkspace workspace(torch::kCPU);
  EXPECT_EQ(workspace.Get(kEntries, {0, 2}, torch::kInt32).size(1), 2);
  EXPECT_EQ(workspace.Get(kEntries, {3, 2}, torch::kInt32).numel(), 6);
}

TEST(PassWorkspace, RoomGrowsWithAMarginAndStays) {
  PassWorkspace workspace(torch::kCPU);
  EXPECT_EQ(workspace.room().instances, 0);
  workspace.MakeRoomFor({1000, 10});
  const kernels::InstanceCount room = workspace.room();
  EXPECT_GT(room.instances, 1000);
  EXPECT_GT(room.visible, 10);
  workspace.MakeRoomFor({10, 1});
  workspace.MakeRoomFor(room);
  EXPECT_EQ(workspace.room().instances, room.instances);
  EXPECT_EQ(workspace.room().visible, room.visible);
  workspace.MakeRoomFor({kernels::kMaxInstances - 1, 10});
  EXPECT_EQ(workspace.room().instances, kernels::kMaxInstances);
}

TEST(PassWorkspace, TellsWhetherThereWasRoomAndMakesIt) {
  PassWorkspace workspace(torch::kCPU);
  workspace.MakeRoomFor({1000, 10});
  const auto had_room = [&](const kernels::InstanceCount& found) {
    workspace.QueueCount({}, &found);
    return workspace.HadRoom();
  };
  const kernels::InstanceCount room = workspace.room();
  EXPECT_TRUE(had_room(room));
  EXPECT_FALSE(had_room({room.instances + 1, room.visible}));
  EXPECT_TRUE(had_room({room.instances + 1, room.visible}));
  EXPECT_FALSE(had_room({room.instances, room.visible + 1}));
  EXPECT_TRUE(had_room({room.instances + 1, room.visible + 1}));
  EXPECT_THROW(had_room({kernels::kMaxInstances + 1, 1}), Error);
}

}  // namespace
}  // namespace splat
