// From a distorted photo to the picture of a pinhole camera.
#pragma once

#include "core/camera.h"
#include "core/image.h"
#include "data/camera_model.h"

namespace splat::data {

// The pinhole camera that a photo of `intrinsics` is resampled to: the same size ratio, focal lengths chosen so that no
// pixel of the result lies outside the photo (as COLMAP's image_undistorter with blank_pixels 0), principal point kept in
// the middle of what is seen. For pinhole models: the intrinsics themselves. Pose is identity.
// Throws splat::Error naming the model if it is not supported.
Camera UndistortedCamera(const Intrinsics& intrinsics);

// Resamples (bicubic) `photo`, which has the size of `intrinsics`, to `camera` = UndistortedCamera(intrinsics), possibly
// resized (ResizedCamera): undistortion and downscaling happen in one step after a low-pass if smaller.
Image8 UndistortImage(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera);

}  // namespace splat::data
