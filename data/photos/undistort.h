// From a distorted photo to the image of a pinhole camera.
#pragma once

#include "core/camera.h"
#include "core/image.h"
#include "data/photos/camera_model.h"

namespace splat::data {

// The pinhole camera that a photo of `intrinsics` is resampled to: the same size, the same ratio of the focal lengths,
// zoomed so that no pixel of the result lies outside the photo (as COLMAP's image_undistorter with blank_pixels 0), the
// image in the middle of what is seen. Photos with more than 60 degrees off the axis are cropped to that. For pinhole
// models: the intrinsics themselves. Pose is identity.
// Throws splat::Error naming the model if it is not supported, or if its distortion leaves no usable image.
Camera UndistortedCamera(const Intrinsics& intrinsics);

// Resamples `photo` to `camera` = UndistortedCamera(intrinsics), possibly resized (ResizedCamera). The photo may have
// any size of the calibrated image's aspect: positions are scaled. Where the result is smaller, the photo is reduced
// by area-averaging to not less than 1.5 times the result's size, undistorted there (bicubic), and averaged down to the
// result: sharper than undistorting at the final size, cheaper than at the photo's.
Image8 UndistortImage(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera);

}  // namespace splat::data
