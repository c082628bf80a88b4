// Programs write colours as fractions of light, as bytes or as 16 bits; this header tells from the numbers which.
#pragma once

#include <cstdint>

namespace splat {

class ColorRange {
 public:
  // Takes one number of a colour. Those that are not finite and those up to 0, which are the same in all of them, tell
  // nothing.
  void Add(double value);

  // Returns the number that stands for full light: 1, 255 or 65535. Numbers that may have fractions are of 0..1 if next
  // to none, one in twenty, exceed four, as far as the light of a scene may go, and of 0..255 if next to none exceed
  // that. Whole numbers are of 16 bits if any exceeds a byte.
  double FullLight(bool may_have_fractions) const;

 private:
  int64_t count_ = 0, above_light_ = 0, above_byte_ = 0;
};

}  // namespace splat
