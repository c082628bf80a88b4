#include "train/memory_limits.h"

#include <gtest/gtest.h>

namespace splat::train {
namespace {

TEST(RoomAtTheStart, IsWhatTheLimitAndTheMemoryLeave) {
  const data::Dataset dataset;
  DensityConfig config;
  config.max_gaussians = 5000;
  EXPECT_EQ(RoomAtTheStart(CpuBackend(), dataset, config, 3000), 2000);
  EXPECT_EQ(RoomAtTheStart(CpuBackend(), dataset, config, 6000), -1000);
  Backend gpu = CpuBackend();
  gpu.is_device = true;
  gpu.memory = [] { return DeviceMemory{int64_t(8) << 30, int64_t(1) << 23}; };
  const int64_t fits = MostSplatsFor(gpu, 0);
  ASSERT_GT(fits, 4000);
  ASSERT_LT(fits, 8000);
  EXPECT_EQ(RoomAtTheStart(gpu, dataset, config, 1000), fits / 2 - 1000);
  config.max_gaussians = 0;
  EXPECT_EQ(RoomAtTheStart(gpu, dataset, config, 1000), fits / 2 - 1000);
  EXPECT_NO_THROW(LimitsOf(gpu, config, 0, 0, fits / 2));
}

}  // namespace
}  // namespace splat::train
