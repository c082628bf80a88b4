#include "rasterizer/torch/pass_workspace.h"

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

void PassWorkspace::MakeRoomFor(const kernels::InstanceCount& found) {
  if (found.instances > room_.instances) {
    room_.instances = std::min(WithMargin(found.instances), kernels::kMaxInstances);
  }
  if (found.visible > room_.visible) room_.visible = WithMargin(found.visible);
}

bool PassWorkspace::HadRoom() {
  const auto& found = *static_cast<const kernels::InstanceCount*>(found_.Wait());
  kernels::CheckInstanceCount(found.instances);
  const bool had_room = kernels::HasRoomFor(room_, found);
  MakeRoomFor(found);
  return had_room;
}

}  // namespace splat
