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
  static const Stages stages = {"cuda",        Project,         CountInstances, BinSplats, Blend,
                                BlendBackward, ProjectBackward, Memory,         false,     CountOnDevice};
  return stages;
}

const Stages& DeviceStagesBucketed() {
  static const Stages stages = [] {
    Stages bucketed = DeviceStages();
    bucketed.blend_backward = BlendBackwardBucketed;
    bucketed.uses_checkpoints = true;
    return bucketed;
  }();
  return stages;
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
