// This header makes the views of rasterizer/kernels from tensors, after checks. This is the only place where a tensor
// becomes a pointer.
#pragma once

#include "core/check.h"
#include "rasterizer/torch/libtorch.h"

#include <string>

namespace splat {

// Checks type, device, contiguity and shape (-1: any size) and names the tensor in the message.
inline void CheckTensor(const torch::Tensor& tensor, torch::ScalarType type, torch::IntArrayRef shape, const char* name,
                        const torch::Device& device = torch::kCPU) {
  SPLAT_CHECK(tensor.defined(), name, ": is not defined");
  SPLAT_CHECK(tensor.device() == device, name, ": must be on ", device, ", is on ", tensor.device());
  SPLAT_CHECK(tensor.scalar_type() == type, name, ": must be ", type, ", is ", tensor.scalar_type());
  bool fits = tensor.dim() == int64_t(shape.size());
  int64_t axis = 0;
  for (const int64_t size : shape) {
    fits = fits && (size < 0 || tensor.size(axis) == size);
    ++axis;
  }
  SPLAT_CHECK(fits, name, ": has shape ", tensor.sizes(), ", expected ", shape, " (-1: any)");
  SPLAT_CHECK(tensor.is_contiguous(), name, ": must be contiguous");
}

// Pointer of a checked tensor; null if it has no elements.
template <typename T>
T* PointerTo(const torch::Tensor& tensor, torch::IntArrayRef shape, const char* name,
             const torch::Device& device = torch::kCPU) {
  CheckTensor(tensor, torch::CppTypeToScalarType<T>::value, shape, name, device);
  return tensor.numel() > 0 ? tensor.data_ptr<T>() : nullptr;
}

}  // namespace splat
