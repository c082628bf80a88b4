// The bits of a Morton code are a place on a curve that visits neighbouring cells of a cube one soon after the other.
#pragma once

#include <cstdint>

#include "core/host_device.h"

namespace splat {

// The lowest 21 bits with two zero bits after each.
SPLAT_HD inline uint64_t SpreadBits(uint64_t bits) {
  bits &= 0x1fffff;
  bits = (bits | bits << 32) & 0x001f00000000ffffull;
  bits = (bits | bits << 16) & 0x001f0000ff0000ffull;
  bits = (bits | bits << 8) & 0x100f00f00f00f00full;
  bits = (bits | bits << 4) & 0x10c30c30c30c30c3ull;
  return (bits | bits << 2) & 0x1249249249249249ull;
}

// The bits of the cell's indices in turn, x lowest: three times as many as each has, at most 21.
SPLAT_HD inline uint64_t MortonCode(uint64_t x, uint64_t y, uint64_t z) {
  return SpreadBits(x) | SpreadBits(y) << 1 | SpreadBits(z) << 2;
}

}  // namespace splat
