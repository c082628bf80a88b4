#include "rasterizer/torch/torch_device.h"

#include <ATen/Context.h>

#include <algorithm>

#include "core/check.h"
#include "core/room_to_grow.h"
#include "rasterizer/torch/process_executor.h"

namespace splat {
namespace {

constexpr size_t kScratchAlignment = 256;

// LibTorch aligns blocks on a GPU to 512 bytes, on the CPU to 64.
torch::Tensor MakeBlock(const torch::Device& device, size_t bytes) {
  const auto options = torch::TensorOptions().dtype(torch::kUInt8).device(device);
  return torch::empty({int64_t(std::max<size_t>(bytes, 1) + kScratchAlignment)}, options);
}

void* AlignedAddress(const torch::Tensor& block) {
  auto* const begin = static_cast<uint8_t*>(block.data_ptr());
  return begin + (kScratchAlignment - reinterpret_cast<uintptr_t>(begin) % kScratchAlignment) % kScratchAlignment;
}

}  // namespace

std::string WhyNoCuda() {
  if (const auto [backend, why_none] = kernels::CudaBackend(); !backend) return why_none;
  if (!at::globalContext().hasCUDA()) return "no usable NVIDIA GPU was found (nvidia-smi shows what the driver sees)";
  return "";
}

bool CudaIsUsable() {
  return WhyNoCuda().empty();
}

const kernels::Backend& BackendOf(const torch::Device& device) {
  if (device.is_cpu()) return kernels::CpuBackend();
  SPLAT_CHECK(device.is_cuda(), "tensors on ", device, ": this device is not supported");
  const auto [backend, why_none] = kernels::CudaBackend();
  SPLAT_CHECK(backend, "tensors on ", device, ": ", why_none);
  return *backend;
}

void* TorchScratch::Allocate(size_t bytes) {
  blocks_.push_back(MakeBlock(device_, bytes));
  return AlignedAddress(blocks_.back());
}

void* ReusedScratch::Allocate(size_t bytes) {
  if (next_ == blocks_.size()) blocks_.emplace_back();
  torch::Tensor& block = blocks_[next_++];
  if (!block.defined() || size_t(block.numel()) < bytes + kScratchAlignment) {
    block = torch::Tensor();  // before the new one is asked for
    block = MakeBlock(device_, size_t(WithRoomToGrow(int64_t(bytes))));
  }
  return AlignedAddress(block);
}

StageScope::StageScope(const torch::Device& device) : guard_(device), scratch_(device) {
  context_.executor = &ProcessExecutor();
  context_.stream = CurrentStream(guard_.current_device());
  context_.scratch = &scratch_;
  context_.instruction_set = ProcessInstructionSet();
}

}  // namespace splat
