#include "train/memory_limits.h"

#include <gtest/gtest.h>

#include "core/machine_limits.h"
#include "rasterizer/torch/process_executor.h"

namespace splat::train {
namespace {

TEST(LoadingForTest, DecodedPhotosTakeWhatTheConfigSaysAndNeverMoreThanAFourthOfTheFreeMemory) {
  TrainConfig config;
  config.cache_gigabytes = 1e-3;
  EXPECT_EQ(LoadingFor(CpuBackend(), config).cache_bytes, 1000000);
  config.cache_gigabytes = 1e5;
  EXPECT_LE(LoadingFor(CpuBackend(), config).cache_bytes, UsableMemory().total / 4);
}

TEST(LoadingForTest, TheTrainingOnTheCpuKeepsHalfOfTheThreads) {
  const int before = ProcessExecutor().Threads();
  for (const auto& [threads, decoding] : {std::pair(1, 1), {2, 1}, {6, 3}, {64, 8}}) {
    UseThreads(threads);
    const data::ViewLoader::Options options = LoadingFor(CpuBackend(), {});
    EXPECT_EQ(options.threads, decoding) << threads;
    EXPECT_GE(options.prefetch, 2 * decoding);
  }
  UseThreads(before);
}

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
