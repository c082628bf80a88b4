// The passes on tensors, on the CPU and on the emulated GPU.
#include "rasterizer/torch/render_passes.h"

#include <gtest/gtest.h>

#include "core/check.h"
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
  torch::Tensor Slots(const kernels::RenderStages<float>& stages, const ForwardTensors& forward,
                      bool abs_mean = true) const {
    TensorArena arena(torch::kCPU);
    BackwardPass({stages, context_, arena}, scene_, forward, grad_, abs_mean);
    return arena.Get(kSlots, {-1, kernels::kSlotSize});
  }

  std::shared_ptr<testing::TestDevice> device_;
  testing::TestScratch scratch_;
  KernelContext context_;
  SceneTensors scene_;
  PixelGradTensors grad_;
};

// What training asks for: the image and the gradient are those with depth, bit for bit.
TEST_F(RenderPassesTest, LeavesDepthOutWhereItIsNotWanted) {
  SerialExecutor executor;
  context_.executor = &executor;
  for (const kernels::RenderStages<float>* stages :
       {&kernels::CpuBackend().render, &kernels::emulated::DeviceBackend().render}) {
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

// The other entries of the slots keep their bits where no absolute sums are wanted, with and without other maps.
TEST_F(RenderPassesTest, LeavesAbsoluteSumsOutWhereTheyAreNotWanted) {
  SerialExecutor executor;
  context_.executor = &executor;
  for (const kernels::RenderStages<float>* stages :
       {&kernels::CpuBackend().render, &kernels::emulated::DeviceBackend().render}) {
    const ForwardTensors forward = ForwardPass({*stages, context_}, scene_);
    for (const bool maps : {false, true}) {
      grad_.alpha = maps ? torch::rand({35, 50}) : torch::Tensor();
      grad_.depth = maps ? torch::rand({35, 50}) : torch::Tensor();
      const torch::Tensor with = Slots(*stages, forward), without = Slots(*stages, forward, false);
      EXPECT_GT(with.narrow(1, kernels::kSlotAbsMean, 2).max().item<float>(), 0);
      EXPECT_TRUE(torch::equal(without.narrow(1, 0, kernels::kSlotAbsMean), with.narrow(1, 0, kernels::kSlotAbsMean)));
      EXPECT_EQ(with.select(1, kernels::kSlotDepth).abs().max().item<float>() > 0, maps);
    }
  }
}

}  // namespace
}  // namespace splat
