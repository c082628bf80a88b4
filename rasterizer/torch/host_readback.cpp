#include "rasterizer/torch/host_readback.h"

namespace splat {

HostReadback::HostReadback(const torch::Device& device, size_t bytes)
    : device_(device),
      bytes_(bytes),
      host_(torch::empty({int64_t(bytes)}, torch::TensorOptions(torch::kUInt8).pinned_memory(device.is_cuda()))),
      copied_(device) {}

void HostReadback::Queue(const KernelContext& context, const void* from) {
  QueueCopy(device_, context.stream, host_.data_ptr(), from, bytes_);
  copied_.Record(context.stream);
}

const void* HostReadback::Wait() {
  copied_.WaitOnHost();
  return host_.data_ptr();
}

}  // namespace splat
