// This allocator is the scratch memory of a call on the CPU that was given none.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/kernel_context.h"

namespace splat {

// Takes each block from the heap, and gives all of them back when it is destroyed.
class OwnScratch : public ScratchAllocator {
 public:
  void* Allocate(size_t bytes) override {
    blocks_.emplace_back(new std::max_align_t[bytes / sizeof(std::max_align_t) + 1]);
    return blocks_.back().get();
  }

 private:
  std::vector<std::unique_ptr<std::max_align_t[]>> blocks_;
};

// The context's scratch, or `own` in its place.
inline ScratchAllocator& ScratchOf(const KernelContext& context, OwnScratch& own) {
  return context.scratch ? *context.scratch : own;
}

}  // namespace splat
