// The table of the CUDA backend.
#include "core/gpu_runtime.cuh"
#include "rasterizer/kernels/backend.h"
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {

const Backend& DeviceBackend() {
  static const Backend backend = [] {
    const DeviceRuntime runtime = gpu::Runtime();
    const RenderStages<float> render = {Project,       CountInstances,  BinSplats,      Blend,
                                        BlendBackward, ProjectBackward, CameraGradient, CountOnDevice};
    return Backend{"cuda", true, runtime.memory, runtime.events, runtime.copies, render};
  }();
  return backend;
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
