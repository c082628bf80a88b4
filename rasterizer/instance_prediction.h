// How many instances a view has is known only when its splats have been projected. So that a GPU need not be waited for
// in between, a loop over views predicts that the next view fits the room that was enough so far, and asks later.
#pragma once

#include "core/kernel_context.h"
#include "rasterizer/kernels/kernels.h"

namespace splat {

class InstancePrediction {
 public:
  explicit InstancePrediction(const kernels::InstanceCount& room = {}) : room_(room) {}
  virtual ~InstancePrediction() = default;

  // The room that the lists of a view have.
  const kernels::InstanceCount& room() const { return room_; }
  // Lets the room hold what was found. It grows with a margin and never shrinks.
  void MakeRoomFor(const kernels::InstanceCount& found);

  // Begins to copy a count to the host, for a forward pass that relied on the room. `found`: as count_on_device of the
  // stages returns it.
  virtual void QueueCount(const KernelContext& context, const kernels::InstanceCount* found) = 0;
  // Whether the room was enough for the count that was queued last; if not, it is now. Waits for that count, not for
  // what was queued after it. Throws as CheckInstanceCount.
  bool HadRoom();

 protected:
  // Waits for the count that was queued last.
  virtual kernels::InstanceCount QueuedCount() = 0;

 private:
  kernels::InstanceCount room_;
};

}  // namespace splat
