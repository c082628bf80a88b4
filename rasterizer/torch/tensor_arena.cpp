#include "rasterizer/torch/tensor_arena.h"

namespace splat {
namespace {

torch::ScalarType TypeOf(PassBuffer buffer) {
  switch (buffer) {
    case kTileCounts:
    case kSlotBegin:
    case kTileBegin:
    case kEntries:
      return torch::kInt32;
    default:
      return torch::kFloat32;
  }
}

}  // namespace

void* TensorArena::Buffer(PassBuffer buffer, size_t bytes) {
  static_assert(sizeof(float) == sizeof(int32_t), "the number of elements does not depend on the type");
  torch::Tensor& tensor = tensors_[size_t(buffer)];
  tensor = torch::Tensor();  // before the new one is asked for
  tensor = torch::empty({int64_t(bytes / sizeof(float))}, torch::TensorOptions(TypeOf(buffer)).device(device_));
  return tensor.data_ptr();
}

torch::Tensor TensorArena::Get(PassBuffer buffer, torch::IntArrayRef shape) const {
  const torch::Tensor& tensor = tensors_[size_t(buffer)];
  return tensor.defined() ? tensor.view(shape) : tensor;
}

}  // namespace splat
