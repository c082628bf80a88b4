// The table of the CUDA backend's stages.
#include "rasterizer/kernels/cuda_kernels.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

DeviceMemory Memory() {
  const gpu::MemoryInfo info = gpu::CurrentMemoryInfo();
  return {int64_t(info.total), int64_t(info.free)};
}

}  // namespace

const Stages& DeviceStages() {
  static const Stages stages = {"cuda",        Project,         CountInstances, BinSplats,    Blend,
                                BlendBackward, ProjectBackward, Memory,         CountOnDevice};
  return stages;
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
