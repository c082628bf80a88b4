#include "data/poses/point_colors.h"

#include <algorithm>
#include <cmath>

namespace splat::data {
namespace {

constexpr double kByteMax = 255, kSixteenBitMax = 65535;

}  // namespace

double ByteColorScale(double largest, bool may_have_fractions) {
  if (may_have_fractions) return largest <= 1 ? kByteMax : 1;
  return largest > kByteMax ? kByteMax / kSixteenBitMax : 1;
}

uint8_t ByteColor(double value) {
  return value >= 0 ? uint8_t(std::lround(std::min(value, kByteMax))) : uint8_t(0);
}

}  // namespace splat::data
