// This header has constants of mathematics.
#pragma once

namespace splat {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDegreesPerRadian = 180 / kPi, kRadiansPerDegree = kPi / 180;
constexpr double kLn2 = 0.69314718055994530942;  // the natural logarithm of 2

}  // namespace splat
