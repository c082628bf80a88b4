#include "core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace splat {
namespace {

// Parameter: number of threads; 0 is the SerialExecutor.
class Parallel : public ::testing::TestWithParam<int> {
 protected:
  Parallel() {
    if (GetParam() == 0) {
      executor_ = std::make_unique<SerialExecutor>();
    } else {
      executor_ = std::make_unique<ThreadPool>(GetParam());
    }
  }
  std::unique_ptr<Executor> executor_;
};

TEST_P(Parallel, RunsEachTaskOnce) {
  for (const int64_t count : {0, 1, 2, 7, 1000}) {
    std::vector<std::atomic<int>> runs(static_cast<size_t>(count));
    executor_->Run(count, [&](int64_t task) { ++runs[size_t(task)]; });
    for (const auto& run : runs) EXPECT_EQ(run, 1);
  }
}

TEST_P(Parallel, ForCoversEachIndexOnceInChunksOfTheGivenSize) {
  for (const int64_t size : {0, 1, 63, 64, 65, 1000}) {
    std::vector<std::atomic<int>> visits(static_cast<size_t>(size));
    std::atomic<bool> fixed_chunks{true};
    ParallelFor(*executor_, size, 64, [&](int64_t begin, int64_t end) {
      if (begin % 64 != 0 || end != std::min(size, begin + 64)) fixed_chunks = false;
      for (int64_t i = begin; i < end; ++i) ++visits[size_t(i)];
    });
    EXPECT_TRUE(fixed_chunks);
    for (const auto& visit : visits) EXPECT_EQ(visit, 1);
  }
}

// Not of the SerialExecutor, which runs on whatever thread calls it.
TEST(ThreadPoolTasks, RunWithoutDenormalsAndLeaveTheCallerAsItWas) {
#if !defined(__x86_64__) && !defined(__aarch64__)
  GTEST_SKIP() << "this architecture's denormals are left alone";
#endif
  volatile float small = 2e-38f;  // half of it is denormal
  for (const int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    for (const int64_t count : {1, 100}) {
      std::vector<float> halves(static_cast<size_t>(count), 1);
      pool.Run(count, [&](int64_t task) { halves[size_t(task)] = small * 0.5f; });
      for (const float half : halves) EXPECT_EQ(half, 0);
    }
    EXPECT_GT(small * 0.5f, 0) << "in the caller";
  }
}

TEST_P(Parallel, SumOfChunksDoesNotDependOnTheThreads) {
  constexpr int64_t kSize = 10007, kChunk = 100;
  const auto sum = [&](Executor& executor) {
    std::vector<float> partial((kSize + kChunk - 1) / kChunk);
    ParallelFor(executor, kSize, kChunk, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) partial[size_t(begin / kChunk)] += 1.0f / float(i + 1);
    });
    float total = 0;
    for (const float value : partial) total += value;
    return total;
  };
  SerialExecutor serial;
  EXPECT_EQ(sum(*executor_), sum(serial));
}

TEST_P(Parallel, RethrowsATasksExceptionAndStaysUsable) {
  for (int round = 0; round < 3; ++round) {
    std::string message;
    try {
      executor_->Run(50, [](int64_t task) {
        if (task == 17) throw std::runtime_error("task 17");
      });
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    EXPECT_EQ(message, "task 17");
    std::atomic<int> runs{0};
    executor_->Run(50, [&](int64_t) { ++runs; });
    EXPECT_EQ(runs, 50);
  }
}

TEST_P(Parallel, ManyShortRunsFollowEachOther) {
  std::atomic<int64_t> sum{0};
  for (int i = 0; i < 2000; ++i) executor_->Run(3, [&](int64_t task) { sum += task; });
  EXPECT_EQ(sum, 2000 * 3);
}

TEST_P(Parallel, UsesNoMoreThreadsThanItSays) {
  EXPECT_EQ(executor_->Threads(), std::max(1, GetParam()));
  std::atomic<int> running{0}, most{0};
  executor_->Run(200, [&](int64_t) {
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --running;
  });
  EXPECT_GE(most, 1);
  EXPECT_LE(most, executor_->Threads());
}

TEST(ThreadPool, ARunWithinATaskRunsInPlace) {
  ThreadPool pool(3);
  std::atomic<int> inner{0};
  pool.Run(5, [&](int64_t) { pool.Run(7, [&](int64_t) { ++inner; }); });
  EXPECT_EQ(inner, 35);
}

TEST(ThreadPool, RunsOfSeveralThreadsWaitForEachOther) {
  ThreadPool pool(2);
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int run = 0; run < 50; ++run) pool.Run(10, [&](int64_t i) { sum += i; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 50 * 45);
}

INSTANTIATE_TEST_SUITE_P(Threads, Parallel, ::testing::Values(0, 1, 2, 3, 8));

}  // namespace
}  // namespace splat
