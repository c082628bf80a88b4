// What a loop over views keeps from pass to pass (rasterizer/torch/render_passes.h): the memory of the passes' results,
// so that after the first steps nothing is allocated; and room for instances, so that a GPU need not be waited for
// until they are counted.
#pragma once

#include <array>

#include "rasterizer/kernels/kernels.h"
#include "rasterizer/torch/host_readback.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

// The results of the passes.
enum PassTensor {
  kRecords,
  kTileCounts,
  kSlotBegin,
  kTileBegin,
  kEntries,
  kImage,
  kAlpha,
  kDepth,
  kCheckpoints,
  kWalked,
  kGradImage,
  kGradDepth,
  kSlots,
  kPassTensors
};

class PassWorkspace {
 public:
  explicit PassWorkspace(const torch::Device& device)
      : device_(device), found_(device, sizeof(kernels::InstanceCount)) {}

  // A contiguous tensor for this result, whose contents are undefined. It shares its memory with the result's last
  // tensor, and is that tensor where the shape is the same. `type` is the same at each call for a result.
  torch::Tensor Get(PassTensor result, torch::IntArrayRef shape, torch::ScalarType type);

  // What the lists of a view may hold; nothing at first.
  const kernels::InstanceCount& room() const { return room_; }
  // Lets the room hold what was found. It grows with a margin and never shrinks.
  void MakeRoomFor(const kernels::InstanceCount& found);

  // For a forward pass that has trusted the room. `found`: as Stages::count_on_device returns it.
  void QueueCount(const KernelContext& context, const kernels::InstanceCount* found) { found_.Queue(context, found); }
  // Whether the room was enough for the count that was queued last; if not, it is now. Waits for that count, not for
  // what was queued behind it. Throws as CheckInstanceCount.
  bool HadRoom();

 private:
  struct Place {
    torch::Tensor block;  // flat
    torch::Tensor view;   // of its beginning
  };

  torch::Device device_;
  std::array<Place, kPassTensors> places_;
  kernels::InstanceCount room_;
  HostReadback found_;
};

}  // namespace splat
