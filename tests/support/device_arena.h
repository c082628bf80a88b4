// This arena takes guarded blocks of a test's device: a new one at each call, all of whose bytes are 0xff (NaN, -1), so
// that what a stage leaves out or writes outside shows.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "rasterizer/arena.h"
#include "tests/support/test_device.h"

namespace splat::testing {

class DeviceArena : public Arena {
 public:
  explicit DeviceArena(TestDevice& device) : device_(&device) {}
  void* Buffer(PassBuffer buffer, size_t bytes) override {
    std::unique_ptr<Block>& block = blocks_[size_t(buffer)];
    block = std::make_unique<Block>(*device_, int64_t(bytes));
    return block->data();
  }

  // All of what a buffer holds; empty if it was not asked for.
  template <typename T>
  std::vector<T> Get(PassBuffer buffer) const {
    const std::unique_ptr<Block>& block = blocks_[size_t(buffer)];
    std::vector<T> values(block ? size_t(block->size()) / sizeof(T) : 0);
    if (!values.empty()) device_->Download(values.data(), block->data(), values.size() * sizeof(T));
    return values;
  }

 private:
  using Block = DeviceArray<unsigned char>;
  TestDevice* device_;
  std::array<std::unique_ptr<Block>, kPassBuffers> blocks_;
};

}  // namespace splat::testing
