// A build without CUDA.
#include "rasterizer/torch/torch_device.h"

namespace splat {

void* CurrentStream(const torch::Device&) {
  return nullptr;
}

}  // namespace splat
