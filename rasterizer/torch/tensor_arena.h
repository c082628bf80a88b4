// This arena gives memory for the results of the passes in tensors, new ones each time: for results that outlive the
// call.
#pragma once

#include <array>

#include "rasterizer/arena.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

class TensorArena : public Arena {
 public:
  explicit TensorArena(const torch::Device& device) : device_(device) {}
  void* Buffer(PassBuffer buffer, size_t bytes) override;

  // Returns what the buffer was asked for last, in this shape, or an undefined tensor if it was not.
  torch::Tensor Get(PassBuffer buffer, torch::IntArrayRef shape) const;

 private:
  torch::Device device_;
  std::array<torch::Tensor, kPassBuffers> tensors_;  // flat, float or int32
};

}  // namespace splat
