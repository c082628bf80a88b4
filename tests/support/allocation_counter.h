// This counter counts what a test's program asks of operator new, which every tensor needs for its header. One source
// of a program may include it, for it replaces operator new.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace splat::testing {

// The captures of a parallel loop, which std::function may copy to the heap, are smaller than this; the header of a
// tensor is larger.
constexpr std::size_t kSmallAllocation = 64;

struct AllocationCounter {
  inline static std::atomic<bool> on{false};
  inline static std::atomic<int64_t> large{0};  // of more than kSmallAllocation bytes, while on

  static void* Allocate(std::size_t bytes) {
    if (on && bytes > kSmallAllocation) ++large;
    if (void* block = std::malloc(bytes > 0 ? bytes : 1)) return block;
    throw std::bad_alloc();
  }
};

// Counts while it lives.
class CountedAllocations {
 public:
  CountedAllocations() {
    AllocationCounter::large = 0;
    AllocationCounter::on = true;
  }
  ~CountedAllocations() { AllocationCounter::on = false; }
  CountedAllocations(const CountedAllocations&) = delete;
  CountedAllocations& operator=(const CountedAllocations&) = delete;

  int64_t count() const { return AllocationCounter::large; }
};

// What is not counted, by any thread, while it lives.
class UncountedAllocations {
 public:
  UncountedAllocations() : before_(AllocationCounter::on.exchange(false)) {}
  ~UncountedAllocations() { AllocationCounter::on = before_; }
  UncountedAllocations(const UncountedAllocations&) = delete;
  UncountedAllocations& operator=(const UncountedAllocations&) = delete;

 private:
  bool before_;
};

}  // namespace splat::testing

void* operator new(std::size_t bytes) {
  return splat::testing::AllocationCounter::Allocate(bytes);
}
void* operator new[](std::size_t bytes) {
  return splat::testing::AllocationCounter::Allocate(bytes);
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete[](void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  std::free(block);
}
