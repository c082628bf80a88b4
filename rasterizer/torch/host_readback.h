// A readback copies a few bytes of a device's memory that the host wants to know a little later, without waiting for
// what is queued in between.
#pragma once

#include "core/kernel_context.h"
#include "rasterizer/device_event.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

class HostReadback {
 public:
  HostReadback(const torch::Device& device, size_t bytes);

  // Queues a copy on the context's stream from memory of the device, which is the current one.
  void Queue(const KernelContext& context, const void* from);
  // Waits for the copy that was queued last. What it returns is valid until the next Queue.
  const void* Wait();

 private:
  const kernels::Backend& backend_;
  size_t bytes_;
  torch::Tensor host_;  // pinned if the device is a GPU
  DeviceEvent copied_;
};

}  // namespace splat
