#include "train/training_backend.h"

#include "core/check.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::train {

Backend CpuBackend() {
  return {CpuKernels(), torch::kCPU};
}

Backend CudaBackend() {
  const std::string why_not = WhyNoCuda();
  SPLAT_CHECK(why_not.empty(), "--device cuda: ", why_not, "; use --device cpu");
  return {*CudaKernels().kernels, torch::Device(torch::kCUDA, 0)};
}

DeviceMemory MemoryOf(const Backend& backend) {
  const c10::DeviceGuard guard(backend.device);
  return backend.memory();
}

}  // namespace splat::train
