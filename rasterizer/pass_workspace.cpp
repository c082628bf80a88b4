#include "rasterizer/pass_workspace.h"

#include <algorithm>

namespace splat {
namespace {

// Views differ, and a training adds splats little by little.
int64_t WithMargin(int64_t size) {
  return size + size / 4;
}

}  // namespace

torch::Tensor PassWorkspace::Get(PassTensor result, torch::IntArrayRef shape, torch::ScalarType type) {
  Place& place = places_[size_t(result)];
  if (place.view.defined() && place.view.sizes() == shape) return place.view;
  place.view = torch::Tensor();
  int64_t size = 1;
  for (const int64_t length : shape) size *= length;
  const int64_t capacity = place.block.defined() ? place.block.numel() : 0;
  if (!place.block.defined() || capacity < size) {
    place.block = torch::Tensor();  // before the new one is asked for
    place.block = torch::empty({std::max(size, WithMargin(capacity))}, torch::TensorOptions(type).device(device_));
  }
  place.view = place.block.narrow(0, 0, size).view(shape);
  return place.view;
}

int64_t PassWorkspace::RoomFor(int64_t instances) {
  if (instances > room_) room_ = std::min(WithMargin(instances), kernels::kMaxInstances);
  return room_;
}

}  // namespace splat
