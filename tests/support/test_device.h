// One interface gives the memory of the device that a test runs kernels on: the process's own for the CPU and the
// emulated GPU, a GPU's for CUDA. Every block is guarded at both ends where the device allows it: a write outside fails
// the test when the block is freed, also without AddressSanitizer.
#pragma once

#include <memory>
#include <vector>

#include "core/kernel_context.h"

namespace splat::testing {

class TestDevice {
 public:
  virtual ~TestDevice() = default;
  virtual void* Allocate(size_t bytes) = 0;
  virtual void Free(void* block) = 0;
  virtual void Upload(void* device, const void* host, size_t bytes) = 0;
  virtual void Download(void* host, const void* device, size_t bytes) = 0;
};

// Blocks in the process's memory, filled with 0xff.
std::shared_ptr<TestDevice> HostDevice();
// The first GPU; null in a build without CUDA or on a machine without a GPU.
std::shared_ptr<TestDevice> CudaDevice();

// `size` elements on a device.
template <typename T>
class DeviceArray {
 public:
  DeviceArray(TestDevice& device, int64_t size)
      : device_(&device), size_(size), data_(static_cast<T*>(device.Allocate(size_t(size) * sizeof(T)))) {}
  DeviceArray(TestDevice& device, const std::vector<T>& values) : DeviceArray(device, int64_t(values.size())) {
    Set(values);
  }
  ~DeviceArray() { device_->Free(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  void Set(const std::vector<T>& values) { device_->Upload(data_, values.data(), values.size() * sizeof(T)); }
  // Null if there are no elements.
  T* data() const { return size_ > 0 ? data_ : nullptr; }
  int64_t size() const { return size_; }
  std::vector<T> Get() const {
    std::vector<T> values(static_cast<size_t>(size_));
    device_->Download(values.data(), data_, values.size() * sizeof(T));
    return values;
  }

 private:
  TestDevice* device_;
  int64_t size_;
  T* data_;
};

// Scratch of one call. `fill`: what its bytes are.
class TestScratch : public ScratchAllocator {
 public:
  explicit TestScratch(TestDevice& device, unsigned char fill = 0xff) : device_(&device), fill_(fill) {}
  ~TestScratch() override {
    for (void* block : blocks_) device_->Free(block);
  }
  TestScratch(const TestScratch&) = delete;
  TestScratch& operator=(const TestScratch&) = delete;
  void* Allocate(size_t bytes) override {
    blocks_.push_back(device_->Allocate(bytes));
    const std::vector<unsigned char> filled(bytes, fill_);
    device_->Upload(blocks_.back(), filled.data(), bytes);
    return blocks_.back();
  }

 private:
  TestDevice* device_;
  unsigned char fill_;
  std::vector<void*> blocks_;
};

}  // namespace splat::testing
