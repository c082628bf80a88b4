#include "train/photo_loading.h"
#include "rasterizer/torch/process_executor.h"

#include <gtest/gtest.h>

#include "core/machine_limits.h"

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

}  // namespace
}  // namespace splat::train
