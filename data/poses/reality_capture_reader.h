// This reader takes "Internal/External camera parameters", a CSV that RealityCapture (now RealityScan) exports.
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Whether the file begins with the line of columns of such an export, pose and focal length among them.
bool IsRealityCaptureCsv(const std::string& path);

// Reads the photos, without points. The columns may stand in any order: name; x, y, alt (position); heading (or yaw),
// pitch, roll in degrees; f (or f_35mm), the focal length on film of 36 mm; and, where the file has them, px and py (or
// px_norm, py_norm), the place of the principal point from the photo's centre as a part of its longer side, and k1 to
// k4, t1, t2. The size of a photo is that of the file in `image_folder`, or beside the CSV if that is empty. Throws
// splat::Error naming file, line and column.
SceneDescription ReadRealityCapture(const std::string& path, const std::string& image_folder);

}  // namespace splat::data
