// A workspace is what a loop over views keeps from pass to pass (rasterizer/pipeline.h): the memory of the passes'
// results, so that after the first steps nothing is allocated; and room for instances, so that the loop need not wait
// for a GPU to count them.
#pragma once

#include <array>

#include "rasterizer/arena.h"
#include "rasterizer/instance_prediction.h"
#include "rasterizer/torch/host_readback.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

class PassWorkspace : public Arena, public InstancePrediction {
 public:
  explicit PassWorkspace(const torch::Device& device)
      : device_(device), found_(device, sizeof(kernels::InstanceCount)) {}

  // Returns the memory of the last call where it is large enough, and lets it grow with a margin otherwise.
  void* Buffer(PassBuffer buffer, size_t bytes) override;

  void QueueCount(const KernelContext& context, const kernels::InstanceCount* found) override {
    found_.Queue(context, found);
  }

 protected:
  kernels::InstanceCount QueuedCount() override { return *static_cast<const kernels::InstanceCount*>(found_.Wait()); }

 private:
  torch::Device device_;
  std::array<torch::Tensor, kPassBuffers> blocks_;  // flat, uint8
  HostReadback found_;
};

}  // namespace splat
