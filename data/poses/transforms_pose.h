// This header reads the pose in a frame of a transforms.json, whichever way its matrix is written. It is used by
// transforms_reader.cpp alone.
#pragma once

#include <string>

#include "core/rigid3.h"
#include "io/json_file.h"

namespace splat::data {

struct FramePose {
  Rigid3 camera_from_world;  // of our camera axes: x right, y down, z forward
  double scale = 1;          // of the rotation as written, taken off
  bool transposed = false;   // as written: with the translation in the last row
};

// Reads 'transform_matrix', world-from-camera with OpenGL's camera axes (x right, y up, z back), of 3 or 4 rows. Throws
// splat::Error, with `where` (file and frame) before it, if there is none, or if it is not a rotation, up to a scale,
// with a translation.
FramePose ReadFramePose(const nlohmann::json& frame, const std::string& where);

}  // namespace splat::data
