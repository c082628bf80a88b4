// The context says where kernels run; every stage of rasterizer/kernels and train/kernels takes it besides its
// parameters.
#pragma once

#include <cstddef>

#include "core/instruction_set.h"
#include "core/parallel.h"

namespace splat {

// Device memory for the inside of one call. Blocks live until the allocator is destroyed, and are aligned to 256 bytes.
// The caller destroys it after the call returns: an implementation over a GPU gives the memory back in stream order.
class ScratchAllocator {
 public:
  virtual ~ScratchAllocator() = default;
  // Throws splat::Error if there is no room.
  virtual void* Allocate(size_t bytes) = 0;

  template <typename T>
  T* AllocateArray(int64_t count) {
    return static_cast<T*>(Allocate(size_t(count > 0 ? count : 1) * sizeof(T)));
  }
};

// The CPU backend needs an executor, and takes scratch from the heap where none is given; the CUDA backend needs a
// stream and scratch.
struct KernelContext {
  Executor* executor = nullptr;
  void* stream = nullptr;  // a cudaStream_t; null: the default stream
  ScratchAllocator* scratch = nullptr;
  InstructionSet instruction_set = BestInstructionSet();  // of the CPU's vectors
};

}  // namespace splat
