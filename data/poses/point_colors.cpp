#include "data/poses/point_colors.h"

#include <algorithm>
#include <cmath>

namespace splat::data {

uint8_t ByteColor(double value) {
  return value >= 0 ? uint8_t(std::lround(std::min(value, kFullByte))) : uint8_t(0);
}

}  // namespace splat::data
