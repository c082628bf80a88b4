#include "rasterizer/torch/pass_workspace.h"

#include <algorithm>

namespace splat {

void* PassWorkspace::Buffer(PassBuffer buffer, size_t bytes) {
  torch::Tensor& block = blocks_[size_t(buffer)];
  const int64_t size = int64_t(bytes), capacity = block.defined() ? block.numel() : 0;
  if (!block.defined() || capacity < size) {
    block = torch::Tensor();  // before the new one is asked for
    block =
        torch::empty({std::max(size, capacity + capacity / 4)}, torch::TensorOptions(torch::kUInt8).device(device_));
  }
  return block.data_ptr();
}

}  // namespace splat
