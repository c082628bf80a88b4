// An upload has bytes of the host that the device will need a little later: they are copied on a stream of their own
// while the device works on what is queued. One object holds one array at a time; two take turns where the next array
// is copied while the last one is in use.
#pragma once

#include <memory>

#include "core/kernel_context.h"
#include "rasterizer/device_event.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

class HostUpload {
 public:
  explicit HostUpload(const torch::Device& device);
  // Waits for a copy that is under way.
  ~HostUpload();
  HostUpload(const HostUpload&) = delete;
  HostUpload& operator=(const HostUpload&) = delete;

  // Begins to copy; `from` may change as soon as this returns. The copy waits for what was queued on the context's
  // stream before the last Release, and for nothing that was queued after it.
  void Begin(const KernelContext& context, const void* from, size_t bytes);

  // Returns the bytes on the device, [bytes] uint8, for what is queued on the context's stream from now on, until the
  // next Begin.
  torch::Tensor Finish(const KernelContext& context);

  // Says that what uses the bytes has been queued on the context's stream.
  void Release(const KernelContext& context) { released_.Record(context.stream); }

 private:
  void Reserve(const KernelContext& context, size_t bytes);

  torch::Device device_;
  const kernels::Backend& backend_;
  std::unique_ptr<void, void (*)(void*)> stream_;
  torch::Tensor host_, on_device_;  // [room] uint8; host_ is pinned if the device is a GPU
  int64_t bytes_ = 0;
  DeviceEvent copied_, released_;
};

}  // namespace splat
