#include "tests/support/test_device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace splat::testing {
namespace {

constexpr size_t kGuard = 256;  // bytes on either side; also the alignment of a block
constexpr unsigned char kGuardByte = 0xa5;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kGuardsBehind = false;  // the sanitizer sees what lies behind the block, but not behind a guard
#else
constexpr bool kGuardsBehind = true;
#endif

struct Header {
  size_t bytes;
};

class HostMemory : public TestDevice {
 public:
  void* Allocate(size_t bytes) override {
    const size_t behind = kGuardsBehind ? kGuard : 0;
    void* whole = nullptr;
    EXPECT_EQ(posix_memalign(&whole, kGuard, kGuard + std::max<size_t>(bytes, 1) + behind), 0);
    auto* block = static_cast<unsigned char*>(whole) + kGuard;
    std::memset(whole, kGuardByte, kGuard);
    std::memset(block, 0xff, std::max<size_t>(bytes, 1));
    std::memset(block + bytes, kGuardByte, behind);
    reinterpret_cast<Header*>(whole)->bytes = bytes;
    return block;
  }
  void Free(void* block) override {
    if (!block) return;
    auto* bytes = static_cast<unsigned char*>(block);
    const size_t size = reinterpret_cast<Header*>(bytes - kGuard)->bytes;
    const auto intact = [](const unsigned char* begin, const unsigned char* end) {
      return std::all_of(begin, end, [](unsigned char byte) { return byte == kGuardByte; });
    };
    EXPECT_TRUE(intact(bytes - kGuard + sizeof(Header), bytes)) << "a kernel wrote before a buffer of " << size;
    if (kGuardsBehind) {
      EXPECT_TRUE(intact(bytes + size, bytes + size + kGuard))
          << "a kernel wrote behind a buffer of " << size << " bytes";
    }
    std::free(bytes - kGuard);
  }
  void Upload(void* device, const void* host, size_t bytes) override {
    if (bytes > 0) std::memcpy(device, host, bytes);
  }
  void Download(void* host, const void* device, size_t bytes) override {
    if (bytes > 0) std::memcpy(host, device, bytes);
  }
};

}  // namespace

std::shared_ptr<TestDevice> HostDevice() {
  return std::make_shared<HostMemory>();
}

}  // namespace splat::testing
