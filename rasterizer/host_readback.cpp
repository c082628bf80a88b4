#include "rasterizer/host_readback.h"

#if defined(SPLAT_WITH_CUDA)
#include <cuda_runtime_api.h>
#endif

#include <cstring>

#include "core/check.h"

namespace splat {
namespace {

#if defined(SPLAT_WITH_CUDA)
void Check(cudaError_t status) {
  SPLAT_CHECK(status == cudaSuccess, "CUDA: reading a count: ", cudaGetErrorString(status));
}

std::unique_ptr<void, void (*)(void*)> MakeEvent() {
  cudaEvent_t event = nullptr;
  Check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  return {event, [](void* made) { cudaEventDestroy(static_cast<cudaEvent_t>(made)); }};
}
#endif

}  // namespace

HostReadback::HostReadback(const torch::Device& device, size_t bytes)
    : device_(device),
      bytes_(bytes),
      host_(torch::empty({int64_t(bytes)}, torch::TensorOptions(torch::kUInt8).pinned_memory(device.is_cuda()))) {}

void HostReadback::Queue(const KernelContext& context, const void* from) {
#if defined(SPLAT_WITH_CUDA)
  if (device_.is_cuda()) {
    const auto stream = static_cast<cudaStream_t>(context.stream);
    if (!event_) event_ = MakeEvent();
    Check(cudaMemcpyAsync(host_.data_ptr(), from, bytes_, cudaMemcpyDeviceToHost, stream));
    Check(cudaEventRecord(static_cast<cudaEvent_t>(event_.get()), stream));
    return;
  }
#endif
  (void)context;
  std::memcpy(host_.data_ptr(), from, bytes_);
}

const void* HostReadback::Wait() {
#if defined(SPLAT_WITH_CUDA)
  if (event_) Check(cudaEventSynchronize(static_cast<cudaEvent_t>(event_.get())));
#endif
  return host_.data_ptr();
}

}  // namespace splat
