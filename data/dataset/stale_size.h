// A camera has a stale size if its size is that of another version of the photo than its focal length and principal
// point.
#pragma once

#include <string>

#include "data/photos/camera_model.h"
#include "data/photos/photo_files.h"

namespace splat::data {

// Whether the principal point, px, is the middle of the photo of `width` x `height` px, but not of the size that the
// camera says: the photo was scaled, and the camera with it except for its size, or only the size was changed.
bool HasStaleSize(const Intrinsics& intrinsics, int width, int height);

// Returns what is said about such a camera, whose numbers are then taken as px of the photo.
std::string StaleSizeText(const Intrinsics& intrinsics, int width, int height);

}  // namespace splat::data
