// Where the sky of a scene begins, for those who ask how deep the rest of it is: splats may stand for the sky, far away
// (train/sky_shell.h), and be more than half of what a camera sees.
#pragma once

namespace splat {

// What is farther away than kSkyBeyond x the depth before which this share of what a camera sees lies is the sky, or as
// far as it.
constexpr double kForeground = 0.1;
constexpr double kSkyBeyond = 20;

}  // namespace splat
