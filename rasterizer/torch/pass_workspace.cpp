#include "rasterizer/torch/pass_workspace.h"

#include <algorithm>

#include "core/room_to_grow.h"

namespace splat {

void* PassWorkspace::Buffer(PassBuffer buffer, size_t bytes) {
  torch::Tensor& block = blocks_[size_t(buffer)];
  const int64_t size = int64_t(bytes), capacity = block.defined() ? block.numel() : 0;
  if (!block.defined() || capacity < size) {
    block = torch::Tensor();  // before the new one is asked for
    block =
        torch::empty({std::max(size, WithRoomToGrow(capacity))}, torch::TensorOptions(torch::kUInt8).device(device_));
  }
  return block.data_ptr();
}

}  // namespace splat
