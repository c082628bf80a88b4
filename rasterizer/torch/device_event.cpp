#include "rasterizer/torch/device_event.h"

#if defined(SPLAT_WITH_CUDA)
#include <cuda_runtime_api.h>
#endif

#include <cstring>

#include "core/check.h"

namespace splat {
namespace {

#if defined(SPLAT_WITH_CUDA)
void Check(cudaError_t status, const char* what) {
  SPLAT_CHECK(status == cudaSuccess, "CUDA: ", what, ": ", cudaGetErrorString(status));
}
#endif

}  // namespace

void DeviceEvent::Record(void* stream) {
#if defined(SPLAT_WITH_CUDA)
  if (device_.is_cuda()) {
    if (!event_) {
      cudaEvent_t event = nullptr;
      Check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "event");
      event_ = {event, [](void* made) { cudaEventDestroy(static_cast<cudaEvent_t>(made)); }};
    }
    Check(cudaEventRecord(static_cast<cudaEvent_t>(event_.get()), static_cast<cudaStream_t>(stream)), "event");
  }
#endif
  (void)stream;
}

void DeviceEvent::WaitOnHost() const {
#if defined(SPLAT_WITH_CUDA)
  if (event_) Check(cudaEventSynchronize(static_cast<cudaEvent_t>(event_.get())), "wait for the GPU");
#endif
}

void DeviceEvent::WaitOnStream(void* stream) const {
#if defined(SPLAT_WITH_CUDA)
  if (event_) {
    Check(cudaStreamWaitEvent(static_cast<cudaStream_t>(stream), static_cast<cudaEvent_t>(event_.get()), 0),
          "wait for an event");
  }
#endif
  (void)stream;
}

std::unique_ptr<void, void (*)(void*)> MakeStream(const torch::Device& device) {
#if defined(SPLAT_WITH_CUDA)
  if (device.is_cuda()) {
    cudaStream_t stream = nullptr;
    Check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "stream");
    return {stream, [](void* made) { cudaStreamDestroy(static_cast<cudaStream_t>(made)); }};
  }
#endif
  (void)device;
  return {nullptr, [](void*) {}};
}

void QueueCopy(const torch::Device& device, void* stream, void* to, const void* from, size_t bytes) {
#if defined(SPLAT_WITH_CUDA)
  if (device.is_cuda()) {
    Check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, static_cast<cudaStream_t>(stream)), "copy");
    return;
  }
#endif
  (void)device;
  (void)stream;
  std::memcpy(to, from, bytes);
}

}  // namespace splat
