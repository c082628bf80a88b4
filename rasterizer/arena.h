// An arena gives the memory for the results of the passes (rasterizer/pipeline.h). Who owns the memory, where it is and
// how long it lives is up to the arena: a vector for each buffer, tensors, or blocks that are kept from step to step.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace splat {

// The results of the passes, and the gradient that the backward pass begins with (rasterizer/kernels/views.h).
enum PassBuffer {
  kRecords,
  kTileCounts,
  kSlotBegin,
  kTileBegin,
  kEntries,
  kImage,
  kAlpha,
  kDepth,
  kGradImage,
  kGradDepth,
  kSlots,
  kPassBuffers
};

class Arena {
 public:
  virtual ~Arena() = default;
  // Returns `bytes` bytes of memory of the stages' device, aligned to 16 bytes or more, whose contents are undefined.
  // They stay valid until the same buffer is asked for again or the arena is destroyed. Throws if there is no room.
  virtual void* Buffer(PassBuffer buffer, size_t bytes) = 0;
};

// An arena in the process's memory, which it keeps.
class HostArena : public Arena {
 public:
  // `fill` is the value of the bytes of new memory.
  explicit HostArena(unsigned char fill = 0) : fill_(fill) {}
  void* Buffer(PassBuffer buffer, size_t bytes) override {
    std::vector<unsigned char>& block = blocks_[size_t(buffer)];
    if (block.size() < bytes) block.assign(bytes, fill_);
    return block.data();
  }

 private:
  std::array<std::vector<unsigned char>, kPassBuffers> blocks_;
  unsigned char fill_;
};

}  // namespace splat
