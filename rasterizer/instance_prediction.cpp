#include "rasterizer/instance_prediction.h"

#include <algorithm>

#include "core/room_to_grow.h"

namespace splat {

void InstancePrediction::MakeRoomFor(const kernels::InstanceCount& found) {
  if (found.instances > room_.instances) {
    room_.instances = std::min(WithRoomToGrow(found.instances), kernels::kMaxInstances);
  }
  if (found.visible > room_.visible) room_.visible = WithRoomToGrow(found.visible);
}

bool InstancePrediction::HadRoom() {
  const kernels::InstanceCount found = QueuedCount();
  kernels::CheckInstanceCount(found.instances);
  const bool had_room = kernels::HasRoomFor(room_, found);
  MakeRoomFor(found);
  return had_room;
}

}  // namespace splat
