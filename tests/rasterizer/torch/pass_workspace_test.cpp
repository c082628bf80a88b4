#include "rasterizer/torch/pass_workspace.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/check.h"

namespace splat {
namespace {

TEST(PassWorkspace, ABufferOfTheSameSizeOrASmallerOneIsTheSame) {
  PassWorkspace workspace(torch::kCPU);
  const void* memory = workspace.Buffer(kImage, 100);
  EXPECT_EQ(workspace.Buffer(kImage, 100), memory);
  EXPECT_EQ(workspace.Buffer(kImage, 7), memory);
  EXPECT_EQ(workspace.Buffer(kImage, 100), memory);
  EXPECT_NE(workspace.Buffer(kDepth, 100), memory);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 16, 0u);
}

TEST(PassWorkspace, GrowsByMoreThanIsAskedFor) {
  PassWorkspace workspace(torch::kCPU);
  workspace.Buffer(kRecords, 4000);
  const void* memory = workspace.Buffer(kRecords, 4001);
  EXPECT_EQ(workspace.Buffer(kRecords, 5000), memory);
  std::memset(workspace.Buffer(kRecords, 96000), 1, 96000);
}

TEST(PassWorkspace, HoldsBuffersWithoutBytes) {
  PassWorkspace workspace(torch::kCPU);
  workspace.Buffer(kEntries, 0);
  std::memset(workspace.Buffer(kEntries, 24), 1, 24);
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
