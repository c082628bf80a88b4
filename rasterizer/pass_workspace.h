// What a loop over views keeps from pass to pass (rasterizer/render_passes.h): the memory of the passes' results, so
// that after the first steps nothing is allocated.
#pragma once

#include <array>

#include "rasterizer/kernels/kernels.h"
#include "rasterizer/libtorch.h"

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
  kSlots,
  kPassTensors
};

class PassWorkspace {
 public:
  explicit PassWorkspace(const torch::Device& device) : device_(device) {}

  // A contiguous tensor for this result, whose contents are undefined. It shares its memory with the result's last
  // tensor, and is that tensor where the shape is the same. `type` is the same at each call for a result.
  torch::Tensor Get(PassTensor result, torch::IntArrayRef shape, torch::ScalarType type);

  // Room for instances, at least as much as asked for. It grows with a margin and stays, so that a tensor of so many
  // rows is seldom made anew.
  int64_t RoomFor(int64_t instances);

 private:
  struct Place {
    torch::Tensor block;  // flat
    torch::Tensor view;   // of its beginning
  };

  torch::Device device_;
  std::array<Place, kPassTensors> places_;
  int64_t room_ = 0;
};

}  // namespace splat
