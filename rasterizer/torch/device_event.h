// A mark in the work that is queued on a GPU, for the host or another stream to wait for. On the CPU, where everything
// is done when a call returns, nothing happens. No header of CUDA is included.
#pragma once

#include <memory>

#include "rasterizer/torch/libtorch.h"

namespace splat {

class DeviceEvent {
 public:
  explicit DeviceEvent(const torch::Device& device) : device_(device) {}

  // stream: a cudaStream_t of the device, which is the current one.
  void Record(void* stream);
  // Of what was recorded last; at once if nothing was.
  void WaitOnHost() const;
  // What is queued on the stream from now on runs after what was recorded last.
  void WaitOnStream(void* stream) const;

 private:
  torch::Device device_;
  std::unique_ptr<void, void (*)(void*)> event_{nullptr, nullptr};  // a cudaEvent_t, from the first Record on
};

// A cudaStream_t of the current device that does not wait for the default one; null on the CPU.
std::unique_ptr<void, void (*)(void*)> MakeStream(const torch::Device& device);

// Queues a copy of bytes between host and device, either way. The host's memory is pinned if the device is a GPU.
void QueueCopy(const torch::Device& device, void* stream, void* to, const void* from, size_t bytes);

}  // namespace splat
