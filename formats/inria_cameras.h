// This header writes and reads cameras.json as Inria's trainer writes it beside a scene and as viewers read it.
#pragma once

#include <string>
#include <vector>

#include "core/log.h"
#include "scene/named_camera.h"

namespace splat::formats {

// Writes a JSON array of {id, img_name, width, height, position [3], rotation [3][3], fx, fy}: the position of the
// camera and the rows of the rotation from the camera (x right, y down, z forward) to the scene, with lengths in px and
// scene units. Our files add cx, cy (px) and split ("train" or "test"). The file appears whole or not at all. Throws
// splat::Error.
void WriteInriaCameras(const std::string& path, const std::vector<NamedCamera>& cameras);

// Returns whether a file looks like a cameras.json: a JSON list, while a transforms.json is an object. Returns false if
// it cannot be read.
bool IsInriaCameras(const std::string& path);

// Reads such a file with or without our additions; without them the principal point is the middle. Rotations are made
// orthonormal. Cameras that cannot be used (a number that is not finite, no rotation, a focal length of 0) are left
// out, with one warning naming file and first entry. Throws splat::Error naming both if none is left.
std::vector<NamedCamera> ReadInriaCameras(const std::string& path, const LogSink& log = {});

}  // namespace splat::formats
