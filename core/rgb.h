// This type is a colour as people give it: red, green and blue in 0..1, display-referred.
#pragma once

#include <array>

namespace splat {

using Rgb = std::array<double, 3>;

}  // namespace splat
