// An antialiasing mode is the filter on the screen that a scene was trained with, and is therefore drawn with; this
// header lists the modes. OpacityFactor (rasterizer/math/antialiasing_opacity.h) computes what a mode multiplies
// opacities by.
#pragma once

#include <type_traits>

namespace splat {

enum class Antialiasing {
  kNone,
  kCompensated,  // opacities are compensated for the low-pass (docs/math.md, section 4)
};

constexpr int kAntialiasingModes = 2;

// The mode of scenes whose files have no more than a mark of antialiasing.
constexpr Antialiasing CompensatedIf(bool is_marked) {
  return is_marked ? Antialiasing::kCompensated : Antialiasing::kNone;
}

// Returns function(mode), where decltype(mode)::value is the mode as a constant. All code that is compiled once for
// each mode is chosen through this function; such code takes the mode from the constant, so that scenes without a
// factor pay nothing for it.
template <typename Function>
inline decltype(auto) ForAntialiasing(Antialiasing mode, const Function& function) {
  switch (mode) {
    case Antialiasing::kCompensated:
      return function(std::integral_constant<Antialiasing, Antialiasing::kCompensated>{});
    case Antialiasing::kNone:
      break;
  }
  return function(std::integral_constant<Antialiasing, Antialiasing::kNone>{});
}

}  // namespace splat
