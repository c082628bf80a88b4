#include "core/device_runtime.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace splat {
namespace {

TEST(HostRuntime, HasTheMemoryOfTheMachine) {
  const DeviceMemory memory = HostRuntime().memory();
  EXPECT_GT(memory.total, int64_t(1) << 26);
  EXPECT_GT(memory.free, 0);
  EXPECT_LE(memory.free, memory.total);
}

TEST(HostRuntime, AnEventIsTheMomentAtWhichItWasRecordedLast) {
  const DeviceEvents& events = HostRuntime().events;
  void *const first = events.make(true), *const second = events.make(true);
  events.record(second, nullptr);
  events.record(first, nullptr);
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  events.record(second, nullptr);
  events.wait_on_host(second);
  events.wait_on_stream(second, nullptr);
  EXPECT_GE(events.milliseconds_between(first, second), 3);
  EXPECT_LE(events.milliseconds_between(second, first), -3);
  events.destroy(first);
  events.destroy(second);
}

TEST(HostRuntime, ACopyIsDoneWhenItIsQueued) {
  const DeviceCopies& copies = HostRuntime().copies;
  void* const stream = copies.make_stream();
  EXPECT_EQ(stream, nullptr);
  const int from[2] = {3, 4};
  int to[2] = {};
  copies.queue(stream, to, from, sizeof(from));
  EXPECT_EQ(to[1], 4);
  copies.queue(stream, nullptr, nullptr, 0);
  copies.destroy_stream(stream);
}

}  // namespace
}  // namespace splat
