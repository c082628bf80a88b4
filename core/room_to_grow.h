// Memory that is asked for again and again, often for a little more, is taken with room to grow, so that it is seldom
// replaced.
#pragma once

#include <cstdint>

namespace splat {

constexpr int64_t kRoomToGrow = 4;  // one part in so many: views differ, and a training adds splats little by little

// Returns the size with the room: of bytes, numbers or rows, at least 0.
constexpr int64_t WithRoomToGrow(int64_t size) {
  return size + size / kRoomToGrow;
}

}  // namespace splat
