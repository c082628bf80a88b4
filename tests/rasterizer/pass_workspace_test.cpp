#include "rasterizer/pass_workspace.h"

#include <gtest/gtest.h>

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

TEST(PassWorkspace, RoomForInstancesGrowsWithAMarginAndStays) {
  PassWorkspace workspace(torch::kCPU);
  const int64_t room = workspace.RoomFor(1000);
  EXPECT_GT(room, 1000);
  EXPECT_EQ(workspace.RoomFor(room), room);
  EXPECT_EQ(workspace.RoomFor(10), room);
  EXPECT_GT(workspace.RoomFor(room + 1), room + 1);
  EXPECT_EQ(workspace.RoomFor(kernels::kMaxInstances - 1), kernels::kMaxInstances);
}

}  // namespace
}  // namespace splat
