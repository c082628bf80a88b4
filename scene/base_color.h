// The base colour of a splat is linear in its coefficients of degree 0. Sources that read colours of splats but use no
// formulas of rendering take the two numbers from here.
#pragma once

#include "rasterizer/math/sh.h"

namespace splat {

// The base colour (0..1) is kBaseColorOffset + kBaseColorScale f, with f the coefficient (math::ShDcToColor).
constexpr double kBaseColorScale = math::kShC0, kBaseColorOffset = math::kShColorOffset;

}  // namespace splat
