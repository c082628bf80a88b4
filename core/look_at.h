// This header poses cameras that look at something.
#pragma once

#include "core/rigid3.h"

namespace splat {

// Returns camera_from_world (x right, y down, z forward) of a camera at `eye` that looks at `target` with `up` upwards
// in its image. `target` is elsewhere than `eye`, and not straight along `up` of it.
inline Rigid3 LookAt(const Vec3<double>& eye, const Vec3<double>& target, const Vec3<double>& up) {
  const Vec3<double> forward = Normalized(target - eye);
  const Vec3<double> right = Normalized(Cross(forward, up));
  const Vec3<double> down = Cross(forward, right);
  const Mat3<double> rotation = {
      {{right.x, right.y, right.z}, {down.x, down.y, down.z}, {forward.x, forward.y, forward.z}}};
  return {rotation, -(rotation * eye)};
}

}  // namespace splat
