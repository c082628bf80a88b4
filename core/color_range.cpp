#include "core/color_range.h"

#include <cmath>

namespace splat {
namespace {

constexpr double kBrightestOfOne = 4;
constexpr double kByteMax = 255, kSixteenBitMax = 65535;
constexpr int64_t kOneInSoMany = 20;  // numbers may exceed full light

}  // namespace

void ColorRange::Add(double value) {
  if (!std::isfinite(value) || !(value > 0)) return;
  ++count_;
  if (value > kBrightestOfOne) ++above_light_;
  if (value > kByteMax) ++above_byte_;
}

double ColorRange::FullLight(bool may_have_fractions) const {
  if (!may_have_fractions) return above_byte_ > 0 ? kSixteenBitMax : kByteMax;
  if (kOneInSoMany * above_light_ <= count_) return 1;
  return kOneInSoMany * above_byte_ <= count_ ? kByteMax : kSixteenBitMax;
}

}  // namespace splat
