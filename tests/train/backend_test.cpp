// The tables of functions that a training runs on: whole on every backend, and why there may be none.
#include "train/choose_backend.h"
#include "train/training_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rasterizer/torch/torch_device.h"
#include "tests/support/error_message.h"

namespace splat::train {
namespace {

void ExpectWhole(const TrainKernels& table) {
  EXPECT_TRUE(table.memory && table.events.make && table.events.destroy && table.events.record &&
              table.events.wait_on_host && table.events.wait_on_stream && table.events.milliseconds_between);
  EXPECT_TRUE(table.copies.make_stream && table.copies.destroy_stream && table.copies.queue);
  EXPECT_TRUE(table.render.project && table.render.count_instances && table.render.bin_splats && table.render.blend &&
              table.render.blend_backward && table.render.project_backward);
  EXPECT_TRUE(table.loss && table.update.adam && table.update.backward_and_adam);
  const DensityStages& density = table.density;
  EXPECT_TRUE(density.decide_fates && density.plan_rows && density.draw_children && density.gather_rows &&
              density.scatter_rows && density.morton_order && density.clamp_opacity && density.weigh_splats &&
              density.draw_sources && density.share_opacity && density.add_noise);
}

TEST(Backend, TheCpusIsWholeAndCountsOnTheHost) {
  const Backend cpu = ChooseBackend("cpu");
  ExpectWhole(cpu);
  EXPECT_STREQ(cpu.name, "cpu");
  EXPECT_FALSE(cpu.is_device);
  EXPECT_EQ(cpu.render.count_on_device, nullptr);
  EXPECT_TRUE(cpu.device.is_cpu());
  EXPECT_EQ(cpu.render.blend, BackendOf(torch::kCPU).render.blend);
}

TEST(Backend, TheEmulatedGpusIsWholeAndCountsOnTheDevice) {
  const TrainKernels& gpu = emulated::DeviceKernels();
  ExpectWhole(gpu);
  EXPECT_STREQ(gpu.name, "cuda");
  EXPECT_TRUE(gpu.is_device);
  EXPECT_NE(gpu.render.count_on_device, nullptr);
  EXPECT_EQ(gpu.memory().total, int64_t(8) << 30);
  EXPECT_NE(gpu.render.blend, CpuKernels().render.blend);
}

TEST(Backend, CudasIsWholeOrSaysWhyThereIsNone) {
  const FoundKernels found = CudaKernels();
  EXPECT_EQ(found.kernels == nullptr, kernels::CudaBackend().backend == nullptr);
  if (found.kernels) {
    ExpectWhole(*found.kernels);
    EXPECT_STREQ(found.why_none, "");
  } else {
    EXPECT_EQ(WhyNoCuda(), found.why_none);
    EXPECT_THAT(testing::ErrorMessageOf([] { BackendOf(torch::Device(torch::kCUDA, 0)); }),
                ::testing::HasSubstr(found.why_none));
  }
}

}  // namespace
}  // namespace splat::train
