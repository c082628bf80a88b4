// The passes on tensors with a table of stages that uses checkpoints, on the emulated GPU.
#include "rasterizer/torch/render_passes.h"

#include <gtest/gtest.h>

#include "core/check.h"
#include "rasterizer/math/constants.h"
#include "rasterizer/torch/tensor_arena.h"
#include "tests/support/test_device.h"
#include "tests/support/torch_scenes.h"

namespace splat {
namespace {

class RenderPassesTest : public ::testing::Test {
 protected:
  RenderPassesTest() : device_(testing::HostDevice()), scratch_(*device_) {
    context_.scratch = &scratch_;
    scene_.model = testing::RandomModel(300, 1, 5);
    scene_.camera = testing::FrontCamera(50, 35);
    scene_.options.sh_degree = 1;
    torch::manual_seed(1);
    grad_.image = torch::rand({35, 50, 3});
  }
  torch::Tensor Slots(const kernels::RenderStages<float>& stages, const ForwardTensors& forward) const {
    TensorArena arena(torch::kCPU);
    BackwardPass({stages, context_, arena}, scene_, forward, grad_);
    return arena.Get(kSlots, {-1, kernels::kSlotSize});
  }

  std::shared_ptr<testing::TestDevice> device_;
  testing::TestScratch scratch_;
  KernelContext context_;
  SceneTensors scene_;
  PixelGradTensors grad_;
};

TEST_F(RenderPassesTest, HandsTheForwardPassesCheckpointsToTheBackwardPass) {
  const kernels::RenderStages<float>& stages = kernels::emulated::BucketsBackend().render;
  ForwardTensors forward = ForwardPass({stages, context_}, scene_);
  ASSERT_TRUE(forward.checkpoints.defined());
  EXPECT_EQ(forward.checkpoints.size(0), kernels::CheckpointBuckets(forward.entries.size(0), 4 * 3));
  const torch::Tensor with = Slots(stages, forward);
  // That they are what is used: with all pixels opaque before the first bucket nothing is left.
  const torch::Tensor kept = forward.checkpoints.clone();
  forward.checkpoints.zero_();
  EXPECT_EQ(Slots(stages, forward).abs().max().item<float>(), 0);
  forward.checkpoints = kept;
  EXPECT_TRUE(torch::equal(Slots(stages, forward), with));
  forward.checkpoints = torch::Tensor();
  EXPECT_TRUE(torch::equal(Slots(stages, forward), with)) << "without any the stage makes its own";
}

TEST_F(RenderPassesTest, MakesNoCheckpointsForStagesThatUseNone) {
  const kernels::RenderStages<float>& stages = kernels::emulated::DeviceBackend().render;
  const ForwardTensors forward = ForwardPass({stages, context_}, scene_);
  EXPECT_FALSE(forward.checkpoints.defined());
  const torch::Tensor slots = Slots(stages, forward);
  const kernels::RenderStages<float>& bucketed = kernels::emulated::BucketsBackend().render;
  const torch::Tensor other = Slots(bucketed, ForwardPass({bucketed, context_}, scene_));
  EXPECT_LE((slots - other).abs().max().item<float>(), 1e-4f * slots.abs().max().item<float>());
}

// What training asks for: the image and the gradient are those with depth, bit for bit.
TEST_F(RenderPassesTest, LeavesDepthOutWhereItIsNotWanted) {
  SerialExecutor executor;
  context_.executor = &executor;
  for (const kernels::RenderStages<float>* stages :
       {&kernels::CpuBackend().render, &kernels::emulated::DeviceBackend().render,
        &kernels::emulated::BucketsBackend().render}) {
    scene_.with_depth = true;
    const ForwardTensors with = ForwardPass({*stages, context_}, scene_);
    const torch::Tensor slots = Slots(*stages, with);
    scene_.with_depth = false;
    const ForwardTensors without = ForwardPass({*stages, context_}, scene_);
    EXPECT_FALSE(without.depth.defined());
    EXPECT_TRUE(torch::equal(without.image, with.image));
    EXPECT_TRUE(torch::equal(without.alpha, with.alpha));
    EXPECT_TRUE(torch::equal(Slots(*stages, without), slots));
    grad_.alpha = torch::rand({35, 50});
    EXPECT_GT(Slots(*stages, without).abs().max().item<float>(), 0) << "alpha may have a gradient";
    grad_.alpha = torch::Tensor();
    grad_.depth = torch::rand({35, 50});
    EXPECT_THROW(Slots(*stages, without), Error);
    grad_.depth = torch::Tensor();
  }
}

}  // namespace
}  // namespace splat
