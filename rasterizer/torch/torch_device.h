// This header is the kernels' side of a LibTorch device: which backend serves its tensors, its stream, and scratch from
// its allocator.
#pragma once

#include <vector>

#include "core/kernel_context.h"
#include "rasterizer/kernels/backend.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

// Whether this build has the CUDA backend, LibTorch can use it, and there is a GPU.
bool CudaIsUsable();

// Says why CUDA is not usable, as the end of a sentence: "this build of splat-train has no CUDA backend". The text is
// empty if it is usable.
std::string WhyNoCuda();

// The backend for tensors on `device`. Throws splat::Error for a device that has none.
const kernels::Backend& BackendOf(const torch::Device& device);

// The stream that LibTorch queues work on; null on the CPU.
void* CurrentStream(const torch::Device& device);

// Scratch in tensors. It is given back when the object is destroyed; LibTorch's allocator for a GPU keeps it until the
// stream has passed.
class TorchScratch : public ScratchAllocator {
 public:
  explicit TorchScratch(const torch::Device& device) : device_(device) {}
  void* Allocate(size_t bytes) override;

 private:
  torch::Device device_;
  std::vector<torch::Tensor> blocks_;
};

// Scratch of a loop that asks for the same blocks again each time: they are kept, and grow where they must. On a GPU
// the calls of one stream may share them, because they run one after the other.
class ReusedScratch : public ScratchAllocator {
 public:
  explicit ReusedScratch(const torch::Device& device) : device_(device) {}
  void* Allocate(size_t bytes) override;
  // All blocks are free again.
  void Rewind() { next_ = 0; }

 private:
  torch::Device device_;
  std::vector<torch::Tensor> blocks_;
  size_t next_ = 0;
};

// A call of a stage on tensors of `device` needs this context, which holds the current stream and scratch as long as
// the object lives. The device is made the current one.
class StageScope {
 public:
  explicit StageScope(const torch::Device& device);
  StageScope(const StageScope&) = delete;
  StageScope& operator=(const StageScope&) = delete;

  const KernelContext& context() const { return context_; }

 private:
  c10::DeviceGuard guard_;
  TorchScratch scratch_;
  KernelContext context_;
};

}  // namespace splat
