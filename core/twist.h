// A twist is a small rigid motion as six numbers; this header has the exponential of SE(3) and its logarithm
// (docs/math.md, section 14).
#pragma once

#include <array>

#include "core/rigid3.h"

namespace splat {

// A twist (v, w): v in units of length, w a rotation vector in radians. A camera that is moved by it has
// camera_from_world' = Compose(ExpTwist(twist), camera_from_world), so v and w lie along the axes of the camera.
using Twist = std::array<double, 6>;

inline Vec3<double> LinearPart(const Twist& twist) {
  return {twist[0], twist[1], twist[2]};
}
inline Vec3<double> AngularPart(const Twist& twist) {
  return {twist[3], twist[4], twist[5]};
}
inline Twist MakeTwist(const Vec3<double>& v, const Vec3<double>& w) {
  return {v.x, v.y, v.z, w.x, w.y, w.z};
}

// Returns the motion that begins in the direction of the twist and keeps on so for one unit of time: rotation exp([w]),
// translation V(w) v. Of every twist, to rounding.
Rigid3 ExpTwist(const Twist& twist);

// Returns the twist of a motion, whose rotation must be by less than about 3 radians: ExpTwist of it is the motion.
Twist LogOfMotion(const Rigid3& motion);

}  // namespace splat
