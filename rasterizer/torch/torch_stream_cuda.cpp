// A build with CUDA.
#include <c10/cuda/CUDAStream.h>

#include "rasterizer/torch/torch_device.h"

namespace splat {

void* CurrentStream(const torch::Device& device) {
  return device.is_cuda() ? c10::cuda::getCurrentCUDAStream(device.index()).stream() : nullptr;
}

}  // namespace splat
