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
#endif

}  // namespace

HostReadback::HostReadback(const torch::Device& device, size_t bytes)
    : device_(device),
      bytes_(bytes),
      host_(torch::empty({int64_t(bytes)}, torch::TensorOptions(torch::kUInt8).pinned_memory(device.is_cuda()))) {}

HostReadback::~HostReadback() {
#if defined(SPLAT_WITH_CUDA)
  if (event_) cudaEventDestroy(static_cast<cudaEvent_t>(event_));
#endif
}

void HostReadback::Queue(const KernelContext& context, const void* from) {
#if defined(SPLAT_WITH_CUDA)
  if (device_.is_cuda()) {
    const auto stream = static_cast<cudaStream_t>(context.stream);
    cudaEvent_t event = static_cast<cudaEvent_t>(event_);
    if (!event) Check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    event_ = event;
    Check(cudaMemcpyAsync(host_.data_ptr(), from, bytes_, cudaMemcpyDeviceToHost, stream));
    Check(cudaEventRecord(event, stream));
    return;
  }
#endif
  (void)context;
  std::memcpy(host_.data_ptr(), from, bytes_);
}

const void* HostReadback::Wait() {
#if defined(SPLAT_WITH_CUDA)
  if (event_) Check(cudaEventSynchronize(static_cast<cudaEvent_t>(event_)));
#endif
  return host_.data_ptr();
}

}  // namespace splat
