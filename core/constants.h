// This header has constants of mathematics, and those that turn a coefficient of degree 0 into a colour.
#pragma once

namespace splat {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDegreesPerRadian = 180 / kPi, kRadiansPerDegree = kPi / 180;
constexpr double kLn2 = 0.69314718055994530942;  // the natural logarithm of 2

// 1 / (2 sqrt(pi)): the value of the spherical harmonic of degree 0.
constexpr double kShC0 = 0.28209479177387814;
// The base colour (0..1) of a splat is kShColorOffset + kShC0 f, with f its coefficient of degree 0.
constexpr double kShColorOffset = 0.5;

}  // namespace splat
