// The emulated GPU itself: what a kernel's threads see of each other, and what it refuses.
#include "tests/support/cuda_emulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "core/check.h"
#include "core/gpu.cuh"
#include "core/gpu_algorithms.cuh"
#include "rasterizer/kernels/blend/warp_reduce.cuh"
#include "tests/support/error_message.h"
#include "tests/support/test_device.h"

namespace splat::emulation {
namespace {

using splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uint64_t kOrders[] = {0, 1, 2, 3};

// Runs `body` in natural and in shuffled orders.
template <typename Body>
void InEveryOrder(const Body& body) {
  for (const uint64_t seed : kOrders) {
    const ScopedOrder order({seed});
    SCOPED_TRACE(seed);
    body();
  }
}

struct Row {
  float at[256];
};

__global__ void ReverseKernel(float* out) {
  SPLAT_SHARED(Row, row);
  row.at[threadIdx.x] = float(threadIdx.x + blockIdx.x * 1000);
  gpu::SyncBlock();
  out[blockIdx.x * blockDim.x + threadIdx.x] = row.at[blockDim.x - 1 - threadIdx.x];
}

__global__ void ReverseWithoutBarrierKernel(float* out) {
  SPLAT_SHARED(Row, row);
  row.at[threadIdx.x] = float(threadIdx.x);
  out[threadIdx.x] = row.at[blockDim.x - 1 - threadIdx.x];
}

std::vector<float> Reversed(int blocks, int threads) {
  std::vector<float> expected;
  for (int b = 0; b < blocks; ++b) {
    for (int t = 0; t < threads; ++t) expected.push_back(float(threads - 1 - t + b * 1000));
  }
  return expected;
}

TEST(EmulatedGpu, ThreadsMeetAtABarrier) {
  InEveryOrder([] {
    std::vector<float> out(3 * 256, -1);
    SPLAT_LAUNCH(KernelContext(), ReverseKernel, 3, 256, out.data());
    EXPECT_EQ(out, Reversed(3, 256));
  });
}

// A missing barrier shows as NaN, the poison of memory that nobody has written yet.
TEST(EmulatedGpu, AMissingBarrierShows) {
  InEveryOrder([] {
    std::vector<float> out(256);
    SPLAT_LAUNCH(KernelContext(), ReverseWithoutBarrierKernel, 1, 256, out.data());
    EXPECT_GT(std::count_if(out.begin(), out.end(), [](float x) { return std::isnan(x); }), 0);
  });
}

TEST(EmulatedGpu, SharedMemoryIsPoisonedAnewForEachBlock) {
  // The second block must not find what the first one wrote.
  std::vector<float> out(64);
  const auto kernel = [&] {
    SPLAT_SHARED(Row, row);
    out[blockIdx.x * 32 + threadIdx.x] = row.at[threadIdx.x];
    gpu::SyncBlock();
    row.at[threadIdx.x] = 5;
  };
  Launch("kernel", 2, 32, kernel);
  for (const float value : out) EXPECT_TRUE(std::isnan(value));
}

TEST(EmulatedGpu, WarpsVoteShuffleAndAddUp) {
  InEveryOrder([] {
    std::vector<unsigned> votes(64);
    std::vector<int> from_lane(64), up(64), sums(64), prefix(64);
    std::vector<char> any(64), all(64);
    Launch("kernel", 1, 64, [&] {
      const size_t i = threadIdx.x;
      votes[i] = gpu::Ballot(i % 3 == 0);
      from_lane[i] = gpu::Shuffle(int(i) * 10, 5);
      up[i] = gpu::ShuffleUp(int(i), 2);
      sums[i] = gpu::WarpSum(int(i));
      prefix[i] = gpu::WarpInclusiveSum(1);
      any[i] = gpu::AnyOfWarp(i == 40);
      all[i] = gpu::AllOfWarp(i >= 32);
    });
    for (size_t i = 0; i < 64; ++i) {
      const size_t lane = i % 32, first = i - lane;
      for (size_t k = 0; k < 32; ++k) EXPECT_EQ(votes[i] >> k & 1, (first + k) % 3 == 0 ? 1u : 0u);
      EXPECT_EQ(from_lane[i], int(first + 5) * 10);
      EXPECT_EQ(up[i], lane < 2 ? int(i) : int(i) - 2);
      EXPECT_EQ(sums[i], first == 0 ? 31 * 16 : 31 * 16 + 32 * 32);
      EXPECT_EQ(prefix[i], int(lane) + 1);
      EXPECT_EQ(any[i], first == 32);
      EXPECT_EQ(all[i], first == 32);
    }
  });
}

template <int kCount>
void ExpectTransposedSums() {
  SCOPED_TRACE(kCount);
  std::vector<float> totals(32);
  std::vector<int> value(32);
  Launch("kernel", 1, 32, [&] {
    float values[kCount];
    for (int k = 0; k < kCount; ++k) values[k] = float(int(threadIdx.x) * (k + 1) + k);
    totals[threadIdx.x] = kernels::emulated::WarpTransposedSum(values);
    value[threadIdx.x] = kernels::emulated::ValueOfLane<kCount>(int(threadIdx.x));
  });
  std::vector<int> found(kCount);
  for (size_t lane = 0; lane < 32; ++lane) {
    const int k = value[lane];
    if (k < 0) continue;
    ASSERT_LT(k, kCount) << lane;
    ++found[size_t(k)];
    EXPECT_EQ(totals[lane], float(31 * 16 * (k + 1) + 32 * k)) << lane;
  }
  EXPECT_EQ(found, std::vector<int>(kCount, 1));
}

TEST(EmulatedGpu, TransposedSumLeavesEachTotalOnTheLaneOfItsValue) {
  InEveryOrder([] {
    ExpectTransposedSums<1>();
    ExpectTransposedSums<9>();
    ExpectTransposedSums<10>();
    ExpectTransposedSums<11>();
    ExpectTransposedSums<12>();
    ExpectTransposedSums<16>();
    for (int lane = 0; lane < 32; lane += 2) EXPECT_EQ(kernels::emulated::ValueOfLane<16>(lane), lane / 2);
  });
}

TEST(EmulatedGpu, CountsVotesAtABarrierOverTheWholeBlock) {
  InEveryOrder([] {
    std::vector<int> first(128), second(128);
    Launch("kernel", 1, 128, [&] {
      first[threadIdx.x] = gpu::SyncBlockCount(threadIdx.x % 4 == 0);
      second[threadIdx.x] = gpu::SyncBlockCount(true);
    });
    EXPECT_EQ(first, std::vector<int>(128, 32));
    EXPECT_EQ(second, std::vector<int>(128, 128));
  });
}

TEST(EmulatedGpu, RefusesABarrierThatNotAllThreadsReach) {
  InEveryOrder([] {
    const auto kernel = [] {
      if (threadIdx.x != 7) gpu::SyncBlock();
    };
    EXPECT_THAT(ErrorMessageOf([&] { Launch("Lonely", 1, 64, kernel); }),
                AllOf(HasSubstr("Lonely"), HasSubstr("63 of 64 are at a barrier"), HasSubstr("emulation_test.cpp")));
  });
}

TEST(EmulatedGpu, RefusesBarriersAtDifferentPlaces) {
  InEveryOrder([] {
    const auto kernel = [] {
      if (threadIdx.x < 32) {
        gpu::SyncBlock();
      } else {
        gpu::SyncBlock();
      }
    };
    EXPECT_THAT(ErrorMessageOf([&] { Launch("Torn", 1, 64, kernel); }),
                HasSubstr("other threads of the block wait at"));
  });
}

TEST(EmulatedGpu, RefusesAVoteThatLanesOfItsMaskDoNotReach) {
  InEveryOrder([] {
    const auto kernel = [] {
      if (threadIdx.x < 16) gpu::Ballot(true);
    };
    EXPECT_THAT(ErrorMessageOf([&] { Launch("Half", 1, 32, kernel); }),
                AllOf(HasSubstr("16 in a warp operation"), HasSubstr("16 have returned")));
  });
}

TEST(EmulatedGpu, RefusesLanesInDifferentWarpOperations) {
  InEveryOrder([] {
    const auto kernel = [] {
      if (threadIdx.x < 16) {
        gpu::Ballot(true);
      } else {
        gpu::Shuffle(1, 0);
      }
    };
    EXPECT_THAT(ErrorMessageOf([&] { Launch("Mixed", 1, 32, kernel); }), HasSubstr("wait in another one"));
  });
}

TEST(EmulatedGpu, RefusesACallerThatItsMaskLeavesOut) {
  const auto kernel = [] { WarpCollective(WarpOperation::kBallot, 0xffffu, 1, 0, {__FILE__, __LINE__}); };
  EXPECT_THAT(ErrorMessageOf([&] { Launch("Outside", 1, 32, kernel); }), HasSubstr("the mask leaves out lane 16"));
  const auto reader = [] {
    if (threadIdx.x < 16) WarpCollective(WarpOperation::kShuffle, 0xffffu, 1, 20, {__FILE__, __LINE__});
  };
  EXPECT_THAT(ErrorMessageOf([&] { Launch("Reader", 1, 32, reader); }), HasSubstr("reads lane 20"));
}

TEST(EmulatedGpu, RefusesTooMuchSharedMemoryAndOddBlocks) {
  struct Large {
    char bytes[50000];
  };
  const auto kernel = [] {
    SPLAT_SHARED(Large, large);
    large.bytes[0] = 1;
  };
  EXPECT_THAT(ErrorMessageOf([&] { Launch("Large", 1, 32, kernel); }), HasSubstr("50000 bytes of shared memory"));
  EXPECT_THAT(ErrorMessageOf([&] { Launch("Odd", 1, 33, [] {}); }), HasSubstr("33 threads"));
}

TEST(EmulatedGpu, RunsAgainAfterAKernelFailed) {
  EXPECT_THROW(Launch("Fails", 2, 64, [] { throw Error("from a thread"); }), Error);
  std::vector<float> out(256, -1);
  SPLAT_LAUNCH(KernelContext(), ReverseKernel, 1, 256, out.data());
  EXPECT_EQ(out, Reversed(1, 256));
}

// The mutant of every test of this suite that writes where it must not.
TEST(EmulatedGpu, AWriteOutsideOfABufferFailsTheTest) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer reports it itself, by ending the process";
#endif
  const auto host = splat::testing::HostDevice();
  EXPECT_NONFATAL_FAILURE(
      {
        splat::testing::DeviceArray<float> array(*host, 8);
        float* data = array.data();
        Launch("Outside", 1, 32, [&] {
          if (threadIdx.x < 9) data[threadIdx.x] = 1;
        });
      },
      "wrote behind a buffer");
}

TEST(EmulatedAlgorithms, SortStablyByTheBitsAskedFor) {
  const auto host = splat::testing::HostDevice();
  splat::testing::TestScratch scratch(*host);
  KernelContext context;
  context.scratch = &scratch;
  std::vector<uint32_t> keys = {0x103, 0x002, 0x203, 0x001}, other_keys(4);
  std::vector<int> values = {0, 1, 2, 3}, other_values(4);
  const auto sorted = gpu::SortPairs<uint32_t, int>(
      context, {keys.data(), other_keys.data(), values.data(), other_values.data()}, 4, 8);
  EXPECT_EQ(std::vector<int>(sorted.values, sorted.values + 4), (std::vector<int>{3, 1, 0, 2}));
}

}  // namespace
}  // namespace splat::emulation
