// This header fills a backend's table with the runtime of a GPU or of its emulation, for the .cu files that make such a
// table.
#pragma once

#include "core/device_runtime.h"
#include "core/gpu.cuh"

namespace splat::gpu {
inline namespace SPLAT_GPU_NAMESPACE {

#if !defined(SPLAT_CUDA_EMULATION)

inline DeviceMemory Memory() {
  size_t total = 0, free = 0;
  CheckCuda(cudaMemGetInfo(&free, &total), "memory of the GPU");
  return {int64_t(total), int64_t(free)};
}

inline void* MakeEvent(bool timed) {
  cudaEvent_t event = nullptr;
  CheckCuda(cudaEventCreateWithFlags(&event, timed ? cudaEventDefault : cudaEventDisableTiming), "event");
  return event;
}
inline void DestroyEvent(void* event) {
  cudaEventDestroy(static_cast<cudaEvent_t>(event));
}
inline void RecordEvent(void* event, void* stream) {
  CheckCuda(cudaEventRecord(static_cast<cudaEvent_t>(event), static_cast<cudaStream_t>(stream)), "event");
}
inline void WaitOnHost(void* event) {
  CheckCuda(cudaEventSynchronize(static_cast<cudaEvent_t>(event)), "wait for the GPU");
}
inline void WaitOnStream(void* event, void* stream) {
  CheckCuda(cudaStreamWaitEvent(static_cast<cudaStream_t>(stream), static_cast<cudaEvent_t>(event), 0),
            "wait for an event");
}
inline double MillisecondsBetween(void* earlier, void* later) {
  float milliseconds = 0;
  WaitOnHost(later);
  CheckCuda(cudaEventElapsedTime(&milliseconds, static_cast<cudaEvent_t>(earlier), static_cast<cudaEvent_t>(later)),
            "time between events");
  return milliseconds;
}

inline void* MakeStream() {
  cudaStream_t stream = nullptr;
  CheckCuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "stream");
  return stream;
}
inline void DestroyStream(void* stream) {
  cudaStreamDestroy(static_cast<cudaStream_t>(stream));
}
inline void QueueCopy(void* stream, void* to, const void* from, size_t bytes) {
  CheckCuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, static_cast<cudaStream_t>(stream)), "copy");
}

inline DeviceRuntime Runtime() {
  return {Memory,
          {MakeEvent, DestroyEvent, RecordEvent, WaitOnHost, WaitOnStream, MillisecondsBetween},
          {MakeStream, DestroyStream, QueueCopy}};
}

#else

// A GPU of this size, so that tests see what a small one does to a training. All work is done when a call returns.
inline DeviceRuntime Runtime() {
  DeviceRuntime runtime = HostRuntime();
  runtime.memory = [] { return DeviceMemory{int64_t(8) << 30, int64_t(8) << 30}; };
  return runtime;
}

#endif

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::gpu
