// Undistortion turns a distorted photo into the image of a pinhole camera.
#pragma once

#include <cstdint>
#include <memory>

#include "core/camera.h"
#include "core/image.h"
#include "data/photos/camera_model.h"

namespace splat::data {

// Returns the pinhole camera that a photo of `intrinsics` is resampled to. It has the same size and the same ratio of
// the focal lengths, and is zoomed so that no pixel of the result lies outside the photo (as COLMAP's image_undistorter
// with blank_pixels 0 does); the image is in the middle of what is seen. Photos with more than 60 degrees off the axis
// are cropped to that. Pinhole models keep their intrinsics. The pose is the identity. Throws splat::Error naming the
// model if it is not supported, or if its distortion leaves no usable image.
Camera UndistortedCamera(const Intrinsics& intrinsics);

// A map says which place of the photo each pixel of an undistorted image comes from; photos of the same camera share
// it. A map is kept from its second use on, as long as all of them fit `bytes`. Threads may share an object. The images
// have the same bits as without one.
class UndistortMaps {
 public:
  explicit UndistortMaps(int64_t bytes = int64_t(256) << 20);
  ~UndistortMaps();
  UndistortMaps(const UndistortMaps&) = delete;
  UndistortMaps& operator=(const UndistortMaps&) = delete;

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

// Resamples `photo` to `camera` = UndistortedCamera(intrinsics), possibly resized (ResizedCamera). The photo may have
// any size of the calibrated image's aspect: positions are scaled. Where the result is smaller, the photo is reduced
// by area-averaging to not less than 1.5 times the result's size, undistorted there (bicubic), and averaged down to the
// result. This is sharper than undistorting at the final size, and cheaper than at the photo's.
Image8 UndistortImage(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera,
                      UndistortMaps* maps = nullptr);

}  // namespace splat::data
