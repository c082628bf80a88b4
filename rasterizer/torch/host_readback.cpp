#include "rasterizer/torch/host_readback.h"

#include "rasterizer/torch/torch_device.h"

namespace splat {

HostReadback::HostReadback(const torch::Device& device, size_t bytes)
    : backend_(BackendOf(device)),
      bytes_(bytes),
      host_(torch::empty({int64_t(bytes)}, torch::TensorOptions(torch::kUInt8).pinned_memory(device.is_cuda()))),
      copied_(backend_) {}

void HostReadback::Queue(const KernelContext& context, const void* from) {
  backend_.copies.queue(context.stream, host_.data_ptr(), from, bytes_);
  copied_.Record(context.stream);
}

const void* HostReadback::Wait() {
  copied_.WaitOnHost();
  return host_.data_ptr();
}

}  // namespace splat
