#include "apps/cli/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX has more in it than C++
#include <unistd.h>

#include <atomic>
#include <thread>

#include "apps/cli/exit_status.h"

namespace splat::apps {
namespace {

TEST(Interrupt, TheFirstSignalIsARequest) {
  const InterruptHandler handler;
  EXPECT_FALSE(InterruptRequested());
  raise(SIGINT);
  EXPECT_TRUE(InterruptRequested());
  EXPECT_THROW(ThrowIfInterrupted("the end"), Interrupted);
}

// Ends with 0 if neither of two signals that come at the same time was taken for the second one.
void TakeTwoSignalsAtOnce() {
  const InterruptHandler handler;
  std::atomic<int> ready = 0;
  const auto take = [&](int signal) {
    ++ready;
    while (ready < 2) continue;
    raise(signal);
  };
  std::thread one(take, SIGINT), other(take, SIGTERM);
  one.join();
  other.join();
  _exit(0);
}

TEST(Interrupt, OfTwoSignalsThatTwoThreadsTakeAtTheSameTimeOneIsTheSecond) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_EXIT(TakeTwoSignalsAtOnce(), ::testing::ExitedWithCode(kExitInterrupted), "");
  }
}

}  // namespace
}  // namespace splat::apps
