// A backend is what the rasterizer runs on: one table of functions (train/kernels/train_kernels.h adds what a training
// needs). There are backends for the CPU, for CUDA in a build that has it, and for the emulated GPU of the tests.
#pragma once

#include "core/device_runtime.h"
#include "rasterizer/kernels/kernels.h"

namespace splat::kernels {

// The stages of rendering and of its gradient. All pointers of their parameters are to memory of the backend's device.
template <typename T>
struct RenderStages {
  void (*project)(const KernelContext&, const ProjectParams<T>&);
  InstanceCount (*count_instances)(const KernelContext&, const int32_t* tile_counts, int64_t count,
                                   int32_t* slot_begin);  // synchronises with the host
  void (*bin_splats)(const KernelContext&, const BinParams<T>&);
  void (*blend)(const KernelContext&, const BlendParams<T>&);
  void (*blend_backward)(const KernelContext&, const BlendBackwardParams<T>&);
  void (*project_backward)(const KernelContext&, const ProjectBackwardParams<T>&);
  void (*camera_gradient)(const KernelContext&, const CameraGradientParams<T>&);
  // This is count_instances for a caller that does not wait: the count [1] is left in the context's scratch, and not
  // checked. Where it exceeds kMaxInstances, slot_begin is not to be used. It is null where the host counts.
  const InstanceCount* (*count_on_device)(const KernelContext&, const int32_t* tile_counts, int64_t count,
                                          int32_t* slot_begin) = nullptr;
};

struct Backend {
  const char* name;  // "cpu", "cuda"
  // Kernels are only queued when a call returns, and reading a value waits for all of them. Photos are kept on the
  // device, and splats are put into Morton order now and then.
  bool is_device;
  DeviceMemory (*memory)();  // of the current device
  DeviceEvents events;
  DeviceCopies copies;
  RenderStages<float> render;
};

const Backend& CpuBackend();
// The stages of the CPU in double, the oracle of the tests.
const RenderStages<double>& CpuDoubleStages();

struct FoundBackend {
  const Backend* backend = nullptr;
  const char* why_none = "";  // the end of a sentence
};
// Finds no backend in a build without CUDA. Whether there is a GPU is for the caller to know.
FoundBackend CudaBackend();
// rasterizer/kernels/device_backend.cu, compiled for a GPU and by g++ for the tests (core/gpu.cuh).
namespace cuda {
const Backend& DeviceBackend();
}  // namespace cuda
namespace emulated {
const Backend& DeviceBackend();
}  // namespace emulated

}  // namespace splat::kernels
