#include "rasterizer/instance_prediction.h"

#include <algorithm>

namespace splat {
namespace {

// Views differ, and a training adds splats little by little.
int64_t WithMargin(int64_t size) {
  return size + size / 4;
}

}  // namespace

void InstancePrediction::MakeRoomFor(const kernels::InstanceCount& found) {
  if (found.instances > room_.instances) {
    room_.instances = std::min(WithMargin(found.instances), kernels::kMaxInstances);
  }
  if (found.visible > room_.visible) room_.visible = WithMargin(found.visible);
}

bool InstancePrediction::HadRoom() {
  const kernels::InstanceCount found = QueuedCount();
  kernels::CheckInstanceCount(found.instances);
  const bool had_room = kernels::HasRoomFor(room_, found);
  MakeRoomFor(found);
  return had_room;
}

}  // namespace splat
