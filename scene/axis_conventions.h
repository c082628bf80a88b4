// Scene files have one of two conventions of axes; this header turns splats from one to the other: by 180 degrees about
// x, with their rotations and their view-dependent colour.
#pragma once

#include "core/vec.h"
#include "scene/splat_cloud.h"

namespace splat {

enum class Frame {
  kRdf,  // x right, y down, z forward: the scene's
  kRub,  // x right, y up, z back: glTF's and OpenGL's
};

// Signs of the SH functions 1 ... 15 under y -> -y, z -> -z: -1 where their polynomial is odd in y and z together.
constexpr float kTurnedShSigns[15] = {-1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1};

// Positions and the vector part of quaternions change the signs of y and z.
template <typename T>
Vec3<T> TurnedBetweenFrames(const Vec3<T>& value) {
  return {value.x, -value.y, -value.z};
}

// Turns a cloud between the two frames in place, by 180 degrees about x; the way back is the same.
void SwapRdfAndRub(SplatCloud& cloud);

}  // namespace splat
